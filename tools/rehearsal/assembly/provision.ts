// Makes the resources of the stacks in the stand-ins. A type without a maker is refused by name: a
// rehearsal that left something out would prove less than it says.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Engine } from '../engine';
import type { Iam } from '../iam/iam';
import { listOf, type PolicyDocument, type Statement } from '../iam/policy';
import type { Functions } from '../lambda/functions';
import type { AlarmProperties, AlarmService } from '../services/cloudwatch';
import type { DynamoDbService } from '../services/dynamodb';
import type { EventBus, RuleTarget } from '../services/events';
import type { ObjectStore } from '../services/s3';
import type { SnsService } from '../services/sns';
import { PASSIVE } from './identities';
import type { Resource, Stack } from './stack';

/** Where resources come to be. */
export interface Facilities {
  readonly iam: Iam;
  readonly functions: Functions;
  readonly engine: Engine;
  readonly tables: DynamoDbService;
  readonly store: ObjectStore;
  readonly topics: SnsService;
  readonly bus: EventBus;
  readonly alarms: AlarmService;
  /** Says which file runs as which function. */
  readonly onBundle: (bundle: Bundle) => void;
  readonly onMachine: (logicalId: string, arn: string) => void;
}

/** A file that runs as a function. */
export interface Bundle {
  readonly function: string;
  readonly file: string;
  readonly sha256: string;
  /** Key under which a deployment uploads the asset. */
  readonly assetKey: string;
}

type Text = string | undefined;
type Maker = (resource: Resource, stack: Stack, to: Facilities) => unknown;

/** Policies of AWS whose rights no stand-in asks for: logs, traces and network interfaces. */
const IRRELEVANT_POLICY =
  /:aws:policy\/(service-role\/AWSLambda(Basic|VPCAccess)ExecutionRole|AWSXRayDaemonWriteAccess)$/;

const roleArns = (stack: Stack, names: unknown): string[] => {
  const roles = stack.resources.filter(({ type }) => type === 'AWS::IAM::Role');
  return listOf(names as string[]).map((name) => {
    const { partition, account } = stack.place;
    const found = roles.find(({ identity }) => identity.ref === name);
    return found?.identity.attributes.Arn ?? `arn:${partition}:iam::${account}:role/${name}`;
  });
};

const attachToRoles: Maker = ({ properties, logicalId }, stack, { iam }) => {
  for (const arn of roleArns(stack, properties.Roles)) {
    iam.attach(arn, properties.PolicyDocument as PolicyDocument, logicalId);
  }
};

const makeTable: Maker = ({ identity, properties }, _stack, { tables }) =>
  tables.createTable({ ...properties, TableName: identity.ref });

const MAKERS: Readonly<Record<string, Maker>> = {
  'AWS::CloudWatch::Alarm': ({ identity, properties }, _stack, { alarms }) =>
    alarms.add(identity.ref, properties as unknown as AlarmProperties),

  'AWS::DynamoDB::GlobalTable': makeTable,
  'AWS::DynamoDB::Table': makeTable,

  'AWS::Events::Rule': ({ identity, properties, logicalId }, _stack, { bus }) => {
    const { EventPattern, Targets = [], State = 'ENABLED', ScheduleExpression } = properties;
    if (ScheduleExpression) throw new Error(`${logicalId}: schedules are not rehearsed`);
    if (State !== 'ENABLED') return;
    bus.add({
      arn: identity.attributes.Arn!,
      pattern: EventPattern as Record<string, unknown>,
      targets: Targets as RuleTarget[],
    });
  },

  'AWS::IAM::ManagedPolicy': (resource, stack, to) => {
    // Under its own ARN too: an operator may be given the policy.
    const document = resource.properties.PolicyDocument as PolicyDocument;
    to.iam.attach(resource.identity.ref, document, resource.logicalId);
    attachToRoles(resource, stack, to);
  },

  'AWS::IAM::Policy': attachToRoles,

  'AWS::IAM::Role': ({ identity, properties, logicalId }, stack, { iam }) => {
    const arn = identity.attributes.Arn!;
    iam.protect(arn, properties.AssumeRolePolicyDocument as PolicyDocument, logicalId);
    iam.attach(arn, { Statement: [] });
    for (const policy of listOf(properties.Policies as { PolicyDocument: PolicyDocument }[])) {
      iam.attach(arn, policy.PolicyDocument, logicalId);
    }
    for (const policyArn of listOf(properties.ManagedPolicyArns as string[])) {
      const own = stack.resources.find(({ identity: { ref } }) => ref === policyArn);
      if (own) iam.attach(arn, own.properties.PolicyDocument as PolicyDocument, logicalId);
      else if (!IRRELEVANT_POLICY.test(policyArn)) {
        throw new Error(`${logicalId}: managed policy ${policyArn} is not known to the rehearsal`);
      }
    }
  },

  'AWS::KMS::Key': ({ identity, properties, logicalId }, _stack, { iam }) =>
    iam.protect(identity.attributes.Arn!, properties.KeyPolicy as PolicyDocument, logicalId),

  'AWS::Lambda::Function': makeFunction,

  'AWS::Lambda::Permission': ({ properties, logicalId }, stack, { iam }) => {
    const { FunctionName, Action, Principal, SourceArn, SourceAccount } = properties;
    const target = stack.resources.find(({ identity }) =>
      [identity.ref, identity.attributes.Arn].includes(String(FunctionName)),
    );
    const arn = target?.identity.attributes.Arn ?? String(FunctionName);
    const statement: Statement = {
      Effect: 'Allow',
      Principal: { Service: String(Principal) },
      Action: String(Action),
      Resource: arn,
      Condition: {
        ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': String(SourceArn) } }),
        ...(SourceAccount !== undefined && {
          StringEquals: { 'aws:SourceAccount': String(SourceAccount) },
        }),
      },
    };
    iam.protect(arn, { Statement: [statement] }, logicalId);
  },

  'AWS::S3::Bucket': ({ identity }, _stack, { store }) => store.createBucket(identity.ref),

  'AWS::S3::BucketPolicy': ({ properties, logicalId }, { place }, { iam }) => {
    const arn = `arn:${place.partition}:s3:::${String(properties.Bucket)}`;
    for (const guarded of [arn, `${arn}/*`]) {
      iam.protect(guarded, properties.PolicyDocument as PolicyDocument, logicalId);
    }
  },

  'AWS::SNS::Subscription': () => undefined,

  'AWS::SNS::Topic': ({ identity, properties }, stack, { topics }) => {
    const id = properties.KmsMasterKeyId as Text;
    const key = stack.resources.find(
      ({ identity: { ref, attributes } }) => id !== undefined && [ref, attributes.Arn].includes(id),
    );
    topics.add({ arn: identity.ref, keyArn: key?.identity.attributes.Arn });
  },

  'AWS::SNS::TopicPolicy': ({ properties, logicalId }, _stack, { iam }) => {
    for (const arn of listOf(properties.Topics as string[])) {
      iam.protect(arn, properties.PolicyDocument as PolicyDocument, logicalId);
    }
  },

  'AWS::StepFunctions::StateMachine': ({ identity, properties, logicalId }, _stack, to) => {
    const { DefinitionString, Definition, DefinitionSubstitutions, RoleArn } = properties;
    const text = (DefinitionString as Text) ?? JSON.stringify(Definition);
    const definition = Object.entries((DefinitionSubstitutions ?? {}) as Record<string, unknown>);
    to.engine.createStateMachine({
      name: identity.attributes.Name!,
      roleArn: String(RoleArn),
      definition: definition.reduce(
        (all, [name, value]) => all.replaceAll(`\${${name}}`, () => String(value)),
        text,
      ),
    });
    to.onMachine(logicalId, identity.ref);
  },
};

function makeFunction(resource: Resource, stack: Stack, to: Facilities): void {
  const { identity, properties, logicalId, constructId } = resource;
  const { Code, Handler, Role, Timeout, MemorySize, Environment, Runtime } = properties;
  const assetKey = (Code as { S3Key?: string }).S3Key ?? 'inline';
  const folder = stack.source.assets.get(assetKey);
  const [module, exportName] = String(Handler).split('.') as [string, string];
  const file = ['mjs', 'js', 'cjs']
    .map((extension) => join(folder ?? '', `${module}.${extension}`))
    .find((candidate) => folder !== undefined && existsSync(candidate));
  if (!file || !folder) {
    throw new Error(`${logicalId}: asset ${assetKey} has no file for handler ${String(Handler)}`);
  }
  if (!basename(folder).includes(assetKey.replace(/\.zip$/, ''))) {
    throw new Error(`${logicalId}: asset ${assetKey} lies in ${basename(folder)}, another content`);
  }
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  to.onBundle({ function: identity.ref, file, sha256, assetKey });
  to.functions.add({
    task: constructId,
    name: identity.ref,
    arn: identity.attributes.Arn!,
    roleArn: String(Role),
    handler: String(Handler),
    bundle: file,
    exportName,
    runtime: String(Runtime),
    environment: (Environment as { Variables?: Record<string, string> })?.Variables ?? {},
    timeoutSeconds: Number(Timeout ?? 3),
    memoryMb: Number(MemorySize ?? 128),
    reservedConcurrency: properties.ReservedConcurrentExecutions as number | undefined,
  });
}

/** Provisions all stacks; names every resource it cannot make. */
export async function provision(stacks: readonly Stack[], to: Facilities): Promise<void> {
  const problems: string[] = [];
  for (const stack of stacks) {
    for (const resource of stack.resources) {
      const maker = MAKERS[resource.type];
      try {
        if (maker) await maker(resource, stack, to);
        else if (!PASSIVE.has(resource.type)) {
          throw new Error(`resources of type ${resource.type} are not known to the rehearsal`);
        }
      } catch (error) {
        const place = `${stack.place.stackName} ${resource.logicalId}`;
        problems.push(`${place}: ${(error as Error).message}`);
      }
    }
  }
  if (problems.length > 0) throw new Error(`cannot provision:\n  ${problems.join('\n  ')}`);
}
