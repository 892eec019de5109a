// From stacks to the member `clickstream` of a target. Where a stack says nothing, nothing is guessed.

import type { InitClickstreamOptions } from '../options';
import { type ConsoleStack, MODELING, type SolutionAccount } from './clickstream-stacks';
import { defined, type Findings, type Members } from './draft';

export interface ClickstreamDraft extends Findings {
  readonly account: string;
  readonly region: string;
  readonly clickstream: Members;
}

/** Days the solution keeps events when its stack does not say. */
const RETENTION = '365';

export function clickstreamDraft(
  found: SolutionAccount,
  options: InitClickstreamOptions,
): ClickstreamDraft {
  const findings: string[] = [];
  const [, partition, , region, account] = found.arn.split(':') as [
    string,
    ...string[],
  ] as string[];
  const modeling = found.roots.find(({ kind }) => kind === MODELING);
  if (!modeling) {
    findings.push(
      `project ${options.project} has no stack ${MODELING}: the runbook is about a warehouse on Redshift`,
    );
  }
  const parameters = modeling?.parameters ?? {};
  const prefix = modeling?.name.slice(0, modeling.name.indexOf(`-${MODELING}-`));
  const console = consoleOf(found.consoles, options, findings);
  const warehouse =
    modeling &&
    warehouseOf(found, options.project!, { partition: partition!, account: account! }, findings);
  const clickstream = defined({
    projectId: options.project,
    // Without the stack nothing is known of them: what is in the file stays.
    appIds: modeling && (parameters.AppIds ?? '').split(',').filter(Boolean),
    retentionDays: modeling && Number(parameters.ClearExpiredEventsRetentionRangeDays ?? RETENTION),
    console: defined({
      stackName: console?.name ?? options.consoleStack,
      region: options.consoleRegion === region ? undefined : options.consoleRegion,
      serviceRoleArn: options.consoleRoleArn,
      apiTokenSecretArn: options.apiTokenSecretArn,
      vpc: console && vpcOf(console),
    }),
    ...(prefix && prefix !== 'Clickstream' ? { pipeline: { stackPrefix: prefix } } : {}),
    warehouse,
  });
  return {
    account: account!,
    region: region!,
    clickstream,
    findings,
    notes: notesOf(console, options),
  };
}

function consoleOf(
  consoles: readonly ConsoleStack[],
  { consoleStack, consoleRegion }: InitClickstreamOptions,
  findings: string[],
): ConsoleStack | undefined {
  const names = consoles.map(({ name }) => name);
  if (consoleStack !== undefined) {
    const found = consoles.find(({ name }) => name === consoleStack);
    if (!found)
      findings.push(
        `${consoleStack} is no console of the solution; there: ${names.join(', ') || 'none'}`,
      );
    return found;
  }
  if (consoles.length > 1) {
    findings.push(
      `there are several consoles, ${names.join(', ')}: say with --console-stack which has the project`,
    );
  }
  if (consoles.length === 0) {
    const where = consoleRegion ?? 'this region';
    findings.push(`there is no console in ${where}: say with --console-region where it is`);
  }
  return consoles.length === 1 ? consoles[0] : undefined;
}

/** A console inside a VPC says where it is; its clients have a security group of their own. */
function vpcOf({ parameters, outputs }: ConsoleStack): Members | undefined {
  const { VpcId, PrivateSubnets = '' } = parameters;
  if (!VpcId) return undefined;
  const group = /sg-[0-9a-f]{8,17}/.exec(outputs.SourceSecurityGroup ?? '')?.[0];
  const subnetIds = PrivateSubnets.split(',').filter(Boolean);
  return defined({ vpcId: VpcId, subnetIds, securityGroupIds: group ? [group] : undefined });
}

/** Modes as the parameter RedshiftMode names them. */
function warehouseOf(
  { roots, modeling }: SolutionAccount,
  database: string,
  { partition, account }: { readonly partition: string; readonly account: string },
  findings: string[],
): Members | undefined {
  const { parameters, outputs } = roots.find(({ kind }) => kind === MODELING)!;
  const output = (ending: string) =>
    Object.entries(outputs).find(([key, value]) => key.endsWith(ending) && value)?.[1];
  const roleArn = output('RedshiftDataApiRoleArn');
  const admin = modeling.find(
    ({ type, logicalId }) =>
      type === 'AWS::IAM::Role' &&
      logicalId.includes('RedshiftServerlessClickstreamWorkgroupAdminRole'),
  );
  const functionsRoleArn = admin && `arn:${partition}:iam::${account}:role/${admin.physicalId}`;
  const mode = parameters.RedshiftMode ?? 'New_Serverless';
  switch (mode) {
    case 'New_Serverless': {
      const workgroup =
        output('CreatedRedshiftServerlessWorkgroupName') ??
        parameters.NewRedshiftServerlessWorkgroupName;
      const namespace = output('CreatedRedshiftServerlessNamespaceName');
      const other = namespace === workgroup ? undefined : namespace;
      return defined({
        type: 'serverless',
        workgroup,
        namespace: other,
        database,
        roleArn,
        functionsRoleArn,
      });
    }
    case 'Serverless':
      return defined({
        type: 'serverless',
        workgroup: parameters.RedshiftServerlessWorkgroupName,
        workgroupId: parameters.RedshiftServerlessWorkgroupId || undefined,
        database,
        roleArn: parameters.RedshiftServerlessIAMRole || roleArn,
      });
    case 'Provisioned':
      return defined({
        type: 'provisioned',
        cluster: parameters.RedshiftClusterIdentifier,
        dbUser: parameters.RedshiftDbUser,
        database,
        roleArn,
      });
    default:
      findings.push(
        `RedshiftMode ${mode} of the stack is not known: write clickstream.warehouse yourself`,
      );
      return undefined;
  }
}

function notesOf(console: ConsoleStack | undefined, options: InitClickstreamOptions): string[] {
  return [
    ...(console && !console.roleArn && !options.consoleRoleArn
      ? [
          `stack ${console.name} has no role of its own: CloudFormation needs one to update it (--console-role-arn)`,
        ]
      : []),
    ...(options.apiTokenSecretArn
      ? []
      : [
          'no secret with a token for the console’s API is named (--api-token-secret-arn): a gate will ask a person to press Upgrade',
        ]),
    'the role of the warehouse needs redshift-data:CancelStatement and redshift-data:ListStatements besides: see docs/runbooks/clickstream.md',
  ];
}
