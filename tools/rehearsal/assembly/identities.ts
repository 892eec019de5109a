// What CloudFormation's Ref and Fn::GetAtt give for each type of resource we provision.

import { createHash } from 'node:crypto';

/** Where a stack is. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
}

/** A resource's physical name and what can be asked of it. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Types without behaviour in the rehearsal: they have a name and nothing happens in them. */
export const PASSIVE = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Dashboard',
  'AWS::EC2::SecurityGroup',
  'AWS::KMS::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::LogGroup',
]);

type Rule = {
  /** Property with a name chosen by the author. */
  readonly name?: string;
  of(name: string, place: Place, properties: Readonly<Record<string, unknown>>): Identity;
};

const arn = ({ partition, region, account }: Place, service: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

const iamArn = ({ partition, account }: Place, kind: string, path: unknown, name: string): string =>
  `arn:${partition}:iam::${account}:${kind}${String(path ?? '/')}${name}`;

const named = (ref: string, Arn: string, more: Record<string, string> = {}): Identity => ({
  ref,
  attributes: { Arn, ...more },
});

const table: Rule = {
  name: 'TableName',
  of: (name, place) => named(name, arn(place, 'dynamodb', `table/${name}`)),
};

const RULES: Readonly<Record<string, Rule>> = {
  'AWS::CloudWatch::Alarm': {
    name: 'AlarmName',
    of: (name, place) => named(name, arn(place, 'cloudwatch', `alarm:${name}`)),
  },
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': {
    name: 'Name',
    of: (name, place) => named(name, arn(place, 'events', `rule/${name}`)),
  },
  'AWS::IAM::ManagedPolicy': {
    name: 'ManagedPolicyName',
    of: (name, place, { Path }) => {
      const PolicyArn = iamArn(place, 'policy', Path, name);
      return named(PolicyArn, PolicyArn, { PolicyArn });
    },
  },
  'AWS::IAM::Role': {
    name: 'RoleName',
    of: (name, place, { Path }) =>
      named(name, iamArn(place, 'role', Path, name), { RoleId: `AROA${name}` }),
  },
  'AWS::KMS::Key': {
    of: (name, place) => named(name, arn(place, 'kms', `key/${name}`), { KeyId: name }),
  },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    of: (name, place) => named(name, arn(place, 'lambda', `function:${name}`)),
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    of: (name, place) => named(name, arn(place, 'logs', `log-group:${name}:*`)),
  },
  'AWS::S3::Bucket': {
    name: 'BucketName',
    of: (given, place) => {
      const name = given.toLowerCase();
      const DomainName = `${name}.s3.amazonaws.com`;
      return named(name, `arn:${place.partition}:s3:::${name}`, { DomainName });
    },
  },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    of: (name, place) => {
      const TopicArn = arn(place, 'sns', name);
      return { ref: TopicArn, attributes: { TopicArn, TopicName: name } };
    },
  },
  'AWS::StepFunctions::StateMachine': {
    name: 'StateMachineName',
    of: (name, place) => {
      const Arn = arn(place, 'states', `stateMachine:${name}`);
      return named(Arn, Arn, { Name: name });
    },
  },
};

/** Property in which a type's author may choose the name. */
export const nameProperty = (type: string): string | undefined => RULES[type]?.name;

/** A name as CloudFormation would make it: stack, logical id, something of its own. */
export function generatedName(place: Place, logicalId: string): string {
  const hash = createHash('sha256').update(`${place.stackName}/${logicalId}`).digest('hex');
  return `${place.stackName.slice(0, 24)}-${logicalId.slice(0, 24)}-${hash.slice(0, 12)}`;
}

/** The identity of a resource of this type and name. */
export function identify(
  type: string,
  name: string,
  place: Place,
  properties: Readonly<Record<string, unknown>>,
): Identity {
  const rule = RULES[type];
  return rule
    ? rule.of(name, place, properties)
    : { ref: name, attributes: { Id: name, GroupId: name } };
}
