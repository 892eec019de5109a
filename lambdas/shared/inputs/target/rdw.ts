// The instance that the rdw runbook back-fills: its tenants, and what they share.

import * as z from 'zod';
import { kmsKeyArn, name, region, roleArn, secretArn, vpc } from './forms';
import { mysqlServer, oneLogin } from './mysql';
import { warehouseSchema } from './warehouse';

const schema = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a schema, in lower case as both engines keep it');
/** Below the bucket: `pa/MigrateAdHoc`; nothing that could lead elsewhere. */
const segments = z
  .string()
  .regex(/^([A-Za-z0-9_-][A-Za-z0-9._-]{0,100}(\/|$)){1,5}$/, 'must be parts of a key, joined by /')
  .refine((text) => !text.endsWith('/'), 'must not end in /');

/** One tenant; a sandbox is one too. */
const tenant = z.strictObject({
  /** Its key in the operator's configuration, e.g. `PA` or `TS_S001`. */
  id: z.string().regex(/^[A-Z][A-Z0-9_]{0,39}$/, 'must be the key of a tenant, such as PA'),
  /** Schema of the warehouse, e.g. `warehouse_pa`. */
  warehouseSchema: schema,
  /** Schema with the table `migrate`, e.g. `migrate_olap_pa`. */
  migrateSchema: schema,
  /** Schema in Redshift, e.g. `reporting_pa`. */
  reportingSchema: schema,
  /** Bucket, where it is not that of the others. */
  bucket: name.optional(),
  /** `archive.tenants.<id>.pathPrefix`; without it keys begin with the location. */
  pathPrefix: segments.optional(),
  /** False for a tenant that is known to have no alt scores: finding none is no error then. */
  altScores: z.boolean().default(true),
  /** Secret with its user of the warehouse, where it is not that of the others. */
  sourceSecretArn: secretArn.optional(),
});

/** Members that no two tenants may share. */
const OWN = ['id', 'warehouseSchema', 'migrateSchema', 'reportingSchema'] as const;

/** What the rdw runbook must know about the instance. */
export const rdwTargetSchema = z
  .strictObject({
    tenants: z
      .array(tenant)
      .min(1)
      .max(200)
      .superRefine((tenants, context) => {
        for (const member of OWN) {
          const values = tenants.map((one) => one[member]);
          const twice = values.filter((value, i) => values.indexOf(value) !== i);
          if (twice.length > 0) {
            const message = `must not have ${member} ${[...new Set(twice)].join(', ')} twice`;
            context.addIssue({ code: 'custom', message });
          }
        }
      }),
    /** Aurora MySQL: the warehouse of all tenants. */
    source: z.strictObject(mysqlServer),
    /** Redshift, as the owner of the tables. */
    warehouse: warehouseSchema,
    /** `migrate.aws.redshift.role`: with which Redshift reads and writes S3. */
    copyRoleArn: roleArn,
    /** Bucket of `archive.uri-root`. */
    bucket: name,
    /** Customer's key that the buckets are encrypted with; its policy must let the stack's account use it. */
    bucketKeyArn: kmsKeyArn.optional(),
    /** Folder of back-fills; never that of the regular job, which empties its own. */
    location: segments
      .refine((text) => text !== 'MigrateOlap', 'is emptied by every regular job')
      .default('MigrateAdHoc'),
    /** The cluster in which migrate-olap runs. */
    kubernetes: z.strictObject({
      clusterName: name,
      /** Address of its API; without it the secret has it. */
      endpoint: z.url({ protocol: /^https$/ }).optional(),
      /** Its certificate authority as `aws eks describe-cluster` prints it, in base64. */
      certificateAuthority: z.base64().optional(),
      /** Secret whose members endpoint, certificateAuthority and token count first. */
      secretArn: secretArn.optional(),
      /** Role that signs for the cluster's API; without it the tasks' own roles do. */
      roleArn: roleArn.optional(),
      /** Region of the cluster, when it is not the stack's. */
      region: region.optional(),
      namespace: name.default('default'),
      deployment: name.default('migrate-olap-deployment'),
    }),
    /** Where tasks run that talk to the warehouse and to Kubernetes. */
    vpc,
  })
  .refine(
    ({ kubernetes: { endpoint, secretArn } }) => endpoint !== undefined || secretArn !== undefined,
    { path: ['kubernetes'], message: 'must have endpoint, or secretArn of a secret that has it' },
  )
  .refine(({ source }) => oneLogin.check(source), {
    path: ['source'],
    message: oneLogin.message,
  });

export type RdwTarget = z.infer<typeof rdwTargetSchema>;
export type RdwTenant = RdwTarget['tenants'][number];
