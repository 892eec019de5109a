// From a Tutor host to the member `aspects` of a target. What the account does not say is not guessed: user, folders
// and login are the host's own.

import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { InitAspectsOptions } from '../options';
import { rootOf } from './addresses';
import type { Host } from './aspects-host';
import { type AccountDraft, defined } from './draft';
import { candidates, type Secret } from './secrets';
import { letIn } from './security-groups';

/** Where Tutor publishes ClickHouse over HTTP, unless CLICKHOUSE_HOST_HTTP_PORT says otherwise. */
const HTTP_PORT = 8123;

/** What was read. */
export interface FoundHost {
  readonly host: Host;
  readonly region: string;
  readonly groups: readonly SecurityGroup[];
  readonly secrets: readonly Secret[];
}

export function aspectsDraft(found: FoundHost, options: InitAspectsOptions): AccountDraft {
  const { host, region } = found;
  const { user, tutorRoot, path, secretArn, backupDisk: disk, backupBucket } = options;
  const { url, port } = urlOf(found, options.clickhouseUrl);
  const { groups, cidrs } = letIn(found.groups, host.securityGroupIds, port);
  const isOwn = options.vpcId === undefined || options.vpcId === host.vpcId;
  const only = isOwn && groups.length === 1 ? groups[0] : undefined;
  const group = options.securityGroup === undefined ? only : undefined;
  const vpc = defined({
    vpcId: options.vpcId ?? host.vpcId,
    subnetIds: options.subnet ?? (isOwn && host.subnetId ? [host.subnetId] : undefined),
    securityGroupIds: options.securityGroup ?? (only === undefined ? undefined : [only]),
  });
  const endpoint = backupBucket === undefined ? undefined : endpointOf(backupBucket, region);
  const backupTo = disk === undefined ? endpoint && { endpoint } : { disk };
  const members = {
    host: defined({ instanceId: host.id, user, tutorRoot, path }),
    clickhouse: defined({ url, secretArn, backupTo }),
    vpc: Object.keys(vpc).length === 0 ? undefined : vpc,
  };
  return {
    ...{ account: host.account, region, members: defined(members) },
    findings: findingsOf(host),
    notes: notesOf(host, { url, given: options, cidrs, group }),
    hints: hintsOf(found, groups),
  };
}

/** ClickHouse on the host itself, where the host's groups let somebody in at its port. */
function urlOf({ host, groups }: FoundHost, given: string | undefined) {
  if (given !== undefined) return { url: given, port: portOf(given) };
  const { groups: who, cidrs } = letIn(groups, host.securityGroupIds, HTTP_PORT);
  const open = host.privateIp !== undefined && who.length + cidrs.length > 0;
  return { url: open ? `http://${host.privateIp}:${HTTP_PORT}` : undefined, port: HTTP_PORT };
}

function portOf(url: string): number {
  if (!URL.canParse(url)) return HTTP_PORT;
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Address of a folder of a bucket; what is no bucket stays as it is, and the schema says so. */
function endpointOf(bucket: string, region: string): string {
  const root = rootOf(bucket.startsWith('s3://') ? bucket : `s3://${bucket}`);
  if (!root) return bucket;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const folder = root.folder === '' ? '' : `${root.folder}/`;
  return `https://${root.bucket}.s3.${region}.${domain}/${folder}`;
}

function findingsOf({ id, state, ping }: Host): string[] {
  if (state !== 'running') return [`instance ${id} is ${state}`];
  if (ping === undefined) {
    return [
      `Systems Manager does not know ${id}: it needs the agent, and an instance profile with AmazonSSMManagedInstanceCore`,
    ];
  }
  return ping === 'Online' ? [] : [`Systems Manager does not reach ${id} now: ${ping}`];
}

function notesOf(
  { id, privateIp, subnetId }: Host,
  {
    url,
    given,
    cidrs,
    group,
  }: {
    readonly url: string | undefined;
    readonly given: InitAspectsOptions;
    readonly cidrs: readonly string[];
    /** The only one that is let in, when it was taken. */
    readonly group: string | undefined;
  },
): string[] {
  return [
    ...(url !== undefined && given.clickhouseUrl === undefined
      ? [
          `clickhouse.url is ${url} because ${id} lets that port in; where ClickHouse is elsewhere give --clickhouse-url`,
        ]
      : []),
    ...(group === undefined ? [] : [`tasks get group ${group}, which ${id} lets in`]),
    ...(cidrs.length > 0 ? [`${privateIp} lets in addresses, too: ${cidrs.join(', ')}`] : []),
    ...(subnetId !== undefined && given.subnet === undefined
      ? [
          'the subnet is that of the instance: tasks there need NAT or endpoints for DynamoDB, Step Functions, Secrets Manager and Systems Manager (--subnet for others)',
        ]
      : []),
  ];
}

function hintsOf(
  { secrets, host: { privateIp } }: FoundHost,
  groups: readonly string[],
): Record<string, string> {
  const meant = secrets.filter(({ name, tags }) =>
    [name, ...tags].some((text) => /clickhouse|aspects/i.test(text)),
  );
  return {
    'host.user': '--user: the user of Linux that owns the project',
    'host.tutorRoot': '--tutor-root: what tutor config printroot prints',
    'host.path': '--path: the folder of tutor, as which tutor prints it',
    'clickhouse.url': `--clickhouse-url, such as http://${privateIp ?? 'HOST'}:${HTTP_PORT}: the instance lets nobody in there`,
    'clickhouse.secretArn': `--secret-arn; ${candidates(meant.map(({ arn }) => arn))}`,
    'clickhouse.backupTo': '--backup-disk or --backup-bucket',
    'vpc.vpcId': '--vpc-id',
    'vpc.subnetIds': '--subnet',
    'vpc.securityGroupIds':
      groups.length > 1
        ? `--security-group: these are let in, ${groups.join(', ')}`
        : '--security-group: no group is let in, make one that is',
    vpc: '--vpc-id, --subnet, --security-group',
  };
}
