// The member `rdw` of a target: from the operator's files and the command line, as far as these tell it.

import type { InitRdwOptions } from '../options';
import { type RedshiftHost, redshiftOf, regionOfDatabase, rootOf, serverOf } from './addresses';
import type { Findings, Members } from './draft';
import type { Settings } from './settings';
import { type TenantDraft, tenantDrafts, tenantFindings, tenantIds } from './tenants';

/** The regular job's folder, unless its files say another. It empties it at each start. */
const REGULAR = 'MigrateOlap';
const LOCATIONS = ['MigrateAdHoc', 'MigrateBackfill'];

export interface Draft extends Findings {
  readonly account?: string;
  readonly region?: string;
  readonly rdw: Members & { readonly tenants: readonly TenantDraft[] };
  /** Tenants whose schema in Redshift the files do not name. */
  readonly guessed: ReadonlySet<string>;
}

export function rdwDraft(settings: Settings, options: InitRdwOptions): Draft {
  const findings: string[] = [];
  const uri = settings.text('archive.uri-root');
  const root = uri === undefined ? undefined : rootOf(uri);
  if (uri !== undefined && !root)
    findings.push('archive.uri-root is no address such as s3://bucket');
  if (settings.has('archive.path-prefix')) {
    findings.push('archive.path-prefix is set for all tenants; it must be unset there');
  }
  const source = hostOf(settings, 'warehouse_rw', findings);
  const migrate = hostOf(settings, 'migrate_rw', findings);
  if (source && migrate && source.host !== migrate.host) {
    findings.push('datasources.migrate_rw is on another server than datasources.warehouse_rw');
  }
  const olap = hostOf(settings, 'olap_rw', findings);
  const redshift = olap ? redshiftOf(olap.host) : {};
  const copyRoleArn = settings.text('migrate.aws.redshift.role');
  const account =
    options.account ?? redshift.account ?? /^arn:[^:]+:iam::(\d{12}):/.exec(copyRoleArn ?? '')?.[1];
  const region = options.region ?? redshift.region ?? (source && regionOfDatabase(source.host));
  const location = locationOf(settings, options, findings);
  const ids = tenantIds(settings);
  const reportingSchemas = pairs(options.reportingSchema, ids, findings);
  const secretArns = pairs(options.tenantSecretArn, ids, findings);
  const tenants = tenantDrafts({ settings, root, reportingSchemas, secretArns });
  const guessed = tenants.filter(({ id, reportingSchema }) => {
    return reportingSchema !== undefined && reportingSchemas[id] === undefined;
  });
  const regionOfSource = source && regionOfDatabase(source.host);
  const rdw = defined({
    tenants,
    source: defined({
      ...source,
      secretArn: options.sourceSecretArn,
      user: options.sourceUser,
      region: regionOfSource === region ? undefined : regionOfSource,
    }),
    warehouse: warehouseOf(settings, options, redshift, region),
    copyRoleArn,
    bucket: root?.bucket,
    location,
    kubernetes: defined({
      clusterName: options.eksCluster,
      endpoint: options.eksEndpoint,
      certificateAuthority: options.eksCertificateAuthority,
      secretArn: options.eksSecretArn,
      roleArn: options.eksRoleArn,
      region: options.eksRegion,
      namespace: options.namespace,
      deployment: options.deployment,
    }),
    vpc: defined({
      vpcId: options.vpcId,
      subnetIds: options.subnet,
      securityGroupIds: options.securityGroup,
    }),
  });
  return {
    account,
    region,
    rdw: { ...rdw, tenants },
    guessed: new Set(guessed.map(({ id }) => id)),
    findings,
    notes: [
      ...settings.skipped,
      ...tenantFindings({ settings }),
      ...(settings.unusable.has('migrate.aws.location')
        ? [
            `the folder of the regular job, migrate.aws.location, ${settings.unusable.get('migrate.aws.location')}: ` +
              `see that it is not ${location}, which it would empty`,
          ]
        : []),
      ...(guessed.length === 0
        ? []
        : [
            `the schemas in Redshift (${guessed.map((one) => one.reportingSchema).join(', ')}) are those of reporting_rw: ` +
              'the files do not name them. Where they differ, give --reporting-schema TENANT=SCHEMA',
          ]),
    ],
  };
}

/** The one server of a data source; tenants may repeat it, and may not have others. */
function hostOf(settings: Settings, source: string, findings: string[]) {
  const base = `datasources.${source}`;
  const at = (place: string) =>
    settings.first(`${place}.url-server`, `${place}.urlParts.server`, `${place}.urlParts.hosts`);
  const own = settings
    .keys(`${base}.tenants`)
    .map((id) => at(`${base}.tenants.${id}`))
    .filter((text) => text !== undefined);
  const all = new Set([at(base) ?? own[0], ...own].filter((text) => text !== undefined));
  if (all.size > 1) {
    findings.push(`tenants have servers of their own in ${base}: a target is of one server`);
  }
  const [text] = all;
  const server = text === undefined ? undefined : serverOf(text);
  if (text !== undefined && !server) findings.push(`${base}.url-server is no host:port`);
  return server;
}

function locationOf(
  settings: Settings,
  { location }: InitRdwOptions,
  findings: string[],
): string | undefined {
  const regular = settings.text('migrate.aws.location') ?? REGULAR;
  if (location === undefined) return LOCATIONS.find((one) => one !== regular);
  if (location !== regular && location !== REGULAR) return location;
  findings.push(`--location ${location} is the folder that the regular job empties`);
  return undefined;
}

function warehouseOf(
  settings: Settings,
  options: InitRdwOptions,
  host: RedshiftHost,
  region: string | undefined,
): Members | undefined {
  const given = options.redshiftCluster ?? options.redshiftWorkgroup;
  const cluster = given === undefined ? host.cluster : options.redshiftCluster;
  const workgroup = given === undefined ? host.workgroup : options.redshiftWorkgroup;
  const of =
    cluster !== undefined
      ? { type: 'provisioned', cluster, dbUser: options.warehouseUser }
      : { type: workgroup && 'serverless', workgroup, workgroupId: options.workgroupId };
  return defined({
    ...of,
    database: settings.first('datasources.olap_rw.url-db', 'datasources.olap_rw.urlParts.database'),
    roleArn: options.warehouseRoleArn,
    secretArn: options.warehouseSecretArn,
    region: host.region === region ? undefined : host.region,
  });
}

/** `PA=reporting_pa`, by tenant. */
function pairs(
  texts: readonly string[] | undefined,
  ids: readonly string[],
  findings: string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const text of texts ?? []) {
    const [id = '', ...rest] = text.split('=');
    if (ids.includes(id) && rest.length > 0) found[id] = rest.join('=');
    else findings.push(`${id}=… is not of one of the tenants ${ids.join(', ')}`);
  }
  return found;
}

/** Members that have a value; undefined when none has. */
export function defined(members: Members): Members | undefined {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return there.length === 0 ? undefined : Object.fromEntries(there);
}
