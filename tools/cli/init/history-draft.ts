// From servers of MySQL to the member `studentModuleHistory` of a target. What RDS does not say is not guessed.

import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { InitHistoryOptions } from '../options';
import { type Database, MYSQL_PORT } from './databases';
import { type AccountDraft, defined, type Members } from './draft';
import { candidates, type Secret, secretsOf } from './secrets';
import { letIn } from './security-groups';

/** What was read. */
export interface FoundServers {
  /** Where the history is today. */
  readonly source: Database;
  /** Where it goes. @default - somebody has to choose */
  readonly target?: Database;
  /** All that may be chosen. */
  readonly all: readonly Database[];
  /** Security groups of both. */
  readonly groups: readonly SecurityGroup[];
  readonly secrets: readonly Secret[];
}

export function historyDraft(found: FoundServers, options: InitHistoryOptions): AccountDraft {
  const { source, target } = found;
  const [, , , region, account] = source.arn.split(':') as string[];
  const findings: string[] = [];
  const apart = target !== undefined && target.id !== source.id;
  const vpc = vpcOf(found, options, findings);
  const { secretArn, user, newSecretArn, newUser, adminSecretArn } = options;
  const members = {
    source: defined({
      ...serverOf(source),
      ...{ secretArn, user, database: options.database ?? source.database },
      replicas: replicasOf(source),
    }),
    target: defined({
      ...(target ? serverOf(target) : {}),
      ...{ secretArn: newSecretArn, user: newUser, adminSecretArn },
      database: options.newDatabase ?? (apart ? target.database : undefined),
      replicas: target && apart ? replicasOf(target) : undefined,
      dbInstanceIdentifier: target && !target.isCluster ? target.id : undefined,
    }),
    vpc: Object.keys(vpc).length === 0 ? undefined : vpc,
  };
  findings.push(
    ...withoutToken('source', source, user, '--secret-arn'),
    ...(target ? withoutToken('target', target, newUser, '--new-secret-arn') : []),
  );
  const { securityGroupIds: [group] = [] } = vpc as { securityGroupIds?: readonly string[] };
  const ids = [source.id, ...(apart ? [target.id] : [])];
  const notes = [source, ...(apart ? [target] : [])].flatMap((one) => notesOf(one, found, options));
  return {
    ...{ account: account!, region: region!, members: defined(members), findings },
    notes: [
      ...(group === undefined || options.securityGroup !== undefined
        ? []
        : [
            `tasks get group ${group}, which ${ids.join(' and ')} let${ids.length > 1 ? '' : 's'} in`,
          ]),
      ...new Set(notes),
    ],
    hints: hintsOf(found),
  };
}

const serverOf = ({ endpoint: { host, port } = { host: '', port: MYSQL_PORT } }: Database) =>
  defined({ host: host || undefined, port: port === MYSQL_PORT ? undefined : port });

const replicasOf = ({ replicas }: Database) => (replicas.length > 0 ? replicas : undefined);

/** A VPC in which both servers are, and a group that both let in. */
function vpcOf(
  { source, target = source, groups }: FoundServers,
  { vpcId, subnet, securityGroup }: InitHistoryOptions,
  findings: string[],
): Members {
  const given = defined({ vpcId, subnetIds: subnet, securityGroupIds: securityGroup });
  if (source.vpcId !== target.vpcId && (vpcId ?? subnet) === undefined) {
    findings.push(
      `${source.id} is in ${source.vpcId} and ${target.id} in ${target.vpcId}: say where tasks run that reach both (--vpc-id, --subnet, --security-group)`,
    );
    return given;
  }
  // Of another VPC than the server's nothing is known.
  if (vpcId !== undefined && vpcId !== source.vpcId) return given;
  const both = groupsFor(groups, [source, target]);
  return {
    ...defined({ vpcId: source.vpcId }),
    ...(source.subnetIds.length > 0 ? { subnetIds: source.subnetIds } : {}),
    ...(both.length === 1 ? { securityGroupIds: both } : {}),
    ...given,
  };
}

/** Groups whose members reach all of these servers. */
function groupsFor(groups: readonly SecurityGroup[], servers: readonly Database[]): string[] {
  const [first = [], ...more] = servers.map(({ securityGroupIds, endpoint }) => {
    return letIn(groups, securityGroupIds, endpoint?.port ?? MYSQL_PORT).groups;
  });
  return first.filter((id) => more.every((others) => others.includes(id)));
}

/** A user's token is of no use where the server takes none. */
const withoutToken = (
  which: 'source' | 'target',
  { id, iamLogin }: Database,
  user: string | undefined,
  option: string,
): string[] =>
  user === undefined || iamLogin
    ? []
    : [
        `studentModuleHistory.${which}.user: ${id} takes no IAM tokens: turn IAM authentication on there, or name a secret (${option})`,
      ];

function notesOf(server: Database, found: FoundServers, options: InitHistoryOptions): string[] {
  const { id, masterSecretArn, subnetIds, endpoint } = server;
  const isTarget = id === (found.target ?? found.source).id;
  const { cidrs } = letIn(found.groups, server.securityGroupIds, endpoint?.port ?? MYSQL_PORT);
  return [
    ...(masterSecretArn && isTarget && !options.adminSecretArn
      ? [
          `RDS keeps the password of the administrator of ${id} in ${masterSecretArn}: with --admin-secret-arn the runbook makes database and rights itself, without it a gate has the SQL for a person`,
        ]
      : []),
    ...(cidrs.length > 0 ? [`${id} lets in addresses, too: ${cidrs.join(', ')}`] : []),
    ...(subnetIds.length > 0 && options.subnet === undefined
      ? [
          'subnets are those of the database: tasks there need NAT or endpoints for DynamoDB, Step Functions and Secrets Manager (--subnet for others)',
        ]
      : []),
  ];
}

function hintsOf({ source, target, all, groups, secrets }: FoundServers): Record<string, string> {
  const ids = all.map(({ id }) => id);
  const masters = all.flatMap(({ masterSecretArn }) => masterSecretArn ?? []);
  const login = ({ id, iamLogin }: Database, secret: string, user: string) => {
    const meant = secretsOf(secrets, id, ids).filter((arn) => !masters.includes(arn));
    const tokens = iamLogin ? `${id} takes IAM tokens` : `${id} takes no IAM tokens`;
    return `${secret}; ${candidates(meant)}; or ${user}: ${tokens}`;
  };
  const both = groupsFor(groups, target ? [source, target] : [source]);
  const others = all.filter(({ replicaOf }) => replicaOf === undefined).map(({ id }) => id);
  return {
    'source.login': login(source, '--secret-arn', '--user'),
    'source.host': `RDS names no address of ${source.id} yet`,
    'source.database': '--database, often edxapp',
    ...(target ? { 'target.login': login(target, '--new-secret-arn', '--new-user') } : {}),
    'target.host': `--new-db: one of ${others.join(', ')}`,
    'target.database': '--new-database, often edxapp_csmh',
    vpc: '--vpc-id, --subnet, --security-group',
    'vpc.vpcId': '--vpc-id',
    'vpc.subnetIds': '--subnet',
    'vpc.securityGroupIds':
      both.length > 1
        ? `--security-group: these are let in, ${both.join(', ')}`
        : '--security-group: no group is let in, make one that is',
  };
}
