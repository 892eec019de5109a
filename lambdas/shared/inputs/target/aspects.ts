// The Tutor host and the ClickHouse of the aspects runbook.

import * as z from 'zod';
import { region, secretArn, vpc } from './forms';

/** A path without a blank, a quote or a step up: it stands in commands on the host. */
const path = z
  .string()
  .regex(/^(\/[A-Za-z0-9_.@+-]{1,100}){1,20}$/, 'must be an absolute path without blanks')
  .refine((text) => !/\/\.{1,2}(\/|$)/.test(text), 'must not have . or .. in it');

const host = z.strictObject({
  /** The instance of EC2, or the managed node of Systems Manager, on which tutor is installed. */
  instanceId: z
    .string()
    .regex(/^m?i-[0-9a-f]{8,17}$/, 'must be the id of an instance, such as i-0a1b2c3d'),
  /** Region of the instance, when it is not the stack's. */
  region: region.optional(),
  /** User of Linux that owns the project: commands run as that user, never as root. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be the name of a user of Linux')
    .refine((user) => user !== 'root', "must not be root: tutor's project belongs to the operator"),
  /** What `tutor config printroot` prints for that user. */
  tutorRoot: path,
  /** Folder of plugins, when it is not the user's default one. */
  pluginsRoot: path.optional(),
  /** Folder with `tutor`, `python` and `pip`, such as `/home/tutor/venv/bin`. */
  path,
  /** Where commands keep their logs and results on the host. */
  stateDirectory: path.default('/var/lib/upgrade-runbooks'),
});

const identifier = z
  .string()
  .regex(
    /^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/,
    'must be letters, digits and _, and not begin with a digit',
  );

const clickhouse = z.strictObject({
  /** Where tasks reach ClickHouse over HTTP: not `CLICKHOUSE_HOST`, which is known inside docker only. */
  url: z.url({ protocol: /^https?$/ }).refine((text) => {
    const { username, password, pathname, search } = new URL(text);
    return `${username}${password}${search}` === '' && pathname === '/';
  }, 'must be scheme, host and port only: the login is in the secret'),
  /** Secret with `username` and `password` of the administrator, as config.yml has them. */
  secretArn,
  /** Secret with the certificate authority (PEM), where the server's is not a public one. */
  caSecretArn: secretArn.optional(),
  /** Names of its databases, where the settings of Tutor say otherwise. */
  databases: z
    .strictObject({
      xapi: identifier.default('xapi'),
      eventSink: identifier.default('event_sink'),
      reporting: identifier.default('reporting'),
      openedx: identifier.default('openedx'),
    })
    .refine(
      (names) => new Set(Object.values(names)).size === 4,
      'must be four names: one database twice is backed up and dropped twice',
    )
    .default({
      xapi: 'xapi',
      eventSink: 'event_sink',
      reporting: 'reporting',
      openedx: 'openedx',
    }),
  /** `CLICKHOUSE_CLUSTER_NAME`; without it there is one server. */
  cluster: identifier.optional(),
  /**
   * Where backups are: a disk that `backups.allowed_disk` names, or a folder of a bucket that the server may write
   * to without keys.
   */
  backupTo: z.union([
    z.strictObject({ disk: identifier }),
    z.strictObject({
      endpoint: z
        .url({ protocol: /^https$/ })
        .refine(
          (text) => text.endsWith('/') && new URL(text).search === '',
          'must end in / and have no ?',
        )
        .regex(
          /^https:\/\/[a-z0-9][a-z0-9.:-]{1,190}\/[A-Za-z0-9!_.*()/=-]{0,400}$/,
          'must be a host in lower case and a path of letters, digits and !_.*()/=-',
        ),
    }),
  ]),
});

/** What the aspects runbook must know of the host and of ClickHouse. */
export const aspectsTargetSchema = z
  .strictObject({
    /** How Tutor runs Open edX there. */
    mode: z.enum(['local', 'dev', 'k8s']).default('local'),
    /** `tutor dev` stops the platform that `tutor local` has started: said so on purpose. */
    allowDev: z.boolean().default(false),
    host,
    clickhouse,
    /** Where tasks run that talk to ClickHouse. */
    vpc,
  })
  .refine(({ mode, allowDev }) => mode !== 'dev' || allowDev, {
    path: ['mode'],
    message:
      'dev stops the platform that tutor local has started: set allowDev true where there is none',
  });

export type AspectsTarget = z.infer<typeof aspectsTargetSchema>;
