import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EXTERNAL_FUNCTIONS } from '../../lambdas/clickstream-udf/functions';
import { Platform } from '../../lib/platform/platform';
import { RunbookMachine } from '../../lib/platform/runbook-machine';
import { answeringFunction, CLICKSTREAM_FUNCTIONS } from '../../lib/runbooks/clickstream/functions';
import {
  ExternalFunctions,
  type ExternalFunctionsProps,
  functionSpecs,
} from '../../lib/steps/external-functions';
import { Warehouse } from '../../lib/steps/warehouse';
import {
  clickstreamTemplate,
  definitionsOf,
  exampleTarget,
  statesOf,
} from '../support/definitions';

const WORKGROUP = Warehouse.serverless({ workgroup: 'w', database: 'd' });

function made(change: Partial<ExternalFunctionsProps> = {}) {
  const stack = new Stack(new App(), 'Test');
  new RunbookMachine(stack, 'Machine', {
    name: 'functions',
    runbook: 'functions',
    comment: 'Functions',
    body: (scope) =>
      new ExternalFunctions(scope, 'Functions', {
        step: 'functions',
        warehouse: WORKGROUP,
        handler: answeringFunction(scope),
        functions: CLICKSTREAM_FUNCTIONS,
        schema: 'shop',
        ...change,
      }),
  });
  return { stack, template: Template.fromStack(stack) };
}

const statesOfMachine = (template: Template) =>
  new Map(statesOf(Object.values(definitionsOf(template))[0]!));

it('calls all six functions, with the limits and statements of this release', () => {
  const { template } = made();
  const { Payload } = statesOfMachine(template).get('Ensure the functions run')!.Arguments!;
  expect(Payload).toMatchObject({
    step: 'functions',
    schema: 'shop',
    warehouse: { workgroup: 'w', database: 'd' },
    definer: { workgroup: 'w', database: 'd' },
  });
  expect(Payload.functions).toEqual(
    EXTERNAL_FUNCTIONS.map(({ name, arguments: count, maxBatchRows, maxBatchKb }) => ({
      name,
      arguments: count,
      maxBatchRows,
      maxBatchKb,
      probe: { sql: { file: `clickstream/probe-${name.replaceAll('_', '-')}` } },
      golden: { sql: { file: `clickstream/golden-${name.replaceAll('_', '-')}` } },
    })),
  );
});

it('leads back while the warehouse is given its role', () => {
  const states = statesOfMachine(made().template);
  expect(states.get('Ensure the functions run')).toMatchObject({ Next: 'Do the functions run?' });
  expect(states.get('Do the functions run?')).toMatchObject({
    Choices: [{ Next: 'Ensure the functions run' }],
    Default: 'All functions run',
  });
});

it('makes a role that Redshift of both kinds assumes, for exactly this Lambda function', () => {
  const { template } = made();
  const [id] = Object.keys(
    template.findResources('AWS::IAM::Role', {
      Properties: { Description: Match.stringLikeRegexp('external functions') },
    }),
  );
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: ['redshift.amazonaws.com', 'redshift-serverless.amazonaws.com'].map((Service) => ({
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service },
      })),
    },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: id }],
    PolicyDocument: {
      Statement: [
        {
          Action: 'lambda:InvokeFunction',
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PlatformClickstreamUdf'), 'Arn'] },
        },
      ],
    },
  });
});

const policyOf = (template: Template, task: string) =>
  JSON.stringify(
    Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith(`Platform${task}`),
    ),
  );

it('lets the task associate roles with a namespace, and pass them to Redshift only', () => {
  const { template } = made();
  const policy = policyOf(template, 'EnsureFunctions');
  expect(policy).toMatch(/redshift-serverless:GetWorkgroup/);
  expect(policy).toMatch(/redshift-serverless:GetNamespace.*redshift-serverless:UpdateNamespace/);
  expect(policy).toMatch(
    /iam:PassRole","Condition":{"StringEquals":{"iam:PassedToService":\["redshift.amazonaws.com","redshift-serverless.amazonaws.com"\]}}/,
  );
  expect(policy).not.toMatch(/"redshift:/);
});

it('lets the task add exactly one role to a cluster', () => {
  const warehouse = Warehouse.provisioned({ cluster: 'c', database: 'd', dbUser: 'u' });
  const { template } = made({ warehouse });
  const policy = policyOf(template, 'EnsureFunctions');
  expect(policy).toMatch(/redshift:DescribeClusters","redshift:ModifyClusterIamRoles/);
  expect(policy).toMatch(/iam:PassRole".{0,200}"Resource":{"Fn::GetAtt":\["MachineFunctions/);
  expect(policy).not.toMatch(/redshift-serverless:UpdateNamespace|role\/\*/);
});

it('lets the tasks that stop what a dead worker left act as whoever makes the functions', () => {
  const stack = new Stack(new App(), 'Roles');
  const role = iam.Role.fromRoleArn(stack, 'Admin', 'arn:aws:iam::000000000000:role/admin');
  const definer = Warehouse.serverless({ workgroup: 'w', database: 'd', role });
  const { template } = made({ definer });
  for (const task of ['EnsureFunctions', 'SettleClosedRun', 'ReleaseRun']) {
    expect(policyOf(template, task)).toMatch(/sts:AssumeRole.{0,60}role\/admin/);
  }
});

it.each([
  { name: 'Upper' },
  { arguments: 4 },
  { arguments: 0 },
  { maxBatchRows: 0 },
  { maxBatchKb: 0 },
  { maxBatchKb: 5121 },
])('refuses a function with %j', (change) => {
  const bad = { ...CLICKSTREAM_FUNCTIONS[0]!, ...change };
  const stack = new Stack(new App(), 'Test');
  expect(() => functionSpecs(stack, [bad])).toThrow(/needs a lower-case name, 1 to 3 arguments/);
});

it('without golden statements the probe alone decides', () => {
  const { golden: _, ...one } = CLICKSTREAM_FUNCTIONS[0]!;
  const [spec] = functionSpecs(new Stack(new App(), 'Test'), [one]);
  expect(spec).toMatchObject({ golden: null });
});

describe('in the data migration', () => {
  const migration = (template: Template) =>
    definitionsOf(template)['example-clickstream-data-migration']!;

  it('stands first in each application, before any statement of the migration', () => {
    const definition = migration(clickstreamTemplate());
    const map = definition.States['For each application']!;
    const processor = map.ItemProcessor as { readonly StartAt?: string };
    expect(processor.StartAt).toBe('Ensure the functions run');
  });

  it('makes functions as the role of the configuration, and calls them as the one that owns the tables', () => {
    const states = new Map(statesOf(migration(clickstreamTemplate())));
    expect(states.get('Ensure the functions run')!.Arguments!.Payload).toMatchObject({
      warehouse: { roleArn: 'arn:aws:iam::000000000000:role/clickstream-redshift-data-api' },
      definer: { roleArn: 'arn:aws:iam::000000000000:role/clickstream-redshift-admin' },
    });
  });

  it.each([
    ['the same role, where no other is named', {}, {}],
    ['another database user of a cluster', { functionsDbUser: 'admin' }, { dbUser: 'admin' }],
  ])('makes functions as %s', (_, change, definer) => {
    const base = { type: 'provisioned', cluster: 'c', database: 'd', dbUser: 'u' } as const;
    const { clickstream } = exampleTarget();
    const template = clickstreamTemplate({
      clickstream: { ...clickstream, warehouse: { ...base, ...change } },
    });
    const states = new Map(statesOf(migration(template)));
    expect(states.get('Ensure the functions run')!.Arguments!.Payload.definer).toEqual({
      cluster: 'c',
      database: 'd',
      dbUser: 'u',
      ...definer,
    });
  });

  it('has one Lambda function for all six, with a processor of its own and no ledger', () => {
    const template = clickstreamTemplate();
    const functions = template.findResources('AWS::Lambda::Function', {
      Properties: { Description: 'Task clickstream-udf of the upgrade runbooks' },
    });
    expect(Object.values(functions)).toMatchObject([
      { Properties: { MemorySize: 1769, Timeout: 60 } },
    ]);
    expect(JSON.stringify(functions)).not.toContain('LEDGER_TABLE');
  });

  it('no state leads to a Fail state when Python is refused: a redrive enters the task again', () => {
    const states = statesOf(migration(clickstreamTemplate()));
    expect(states.filter(([, { Type }]) => Type === 'Fail')).toEqual([]);
  });
});

it('the platform makes the function once a stack', () => {
  const stack = new Stack(new App(), 'Test');
  expect(answeringFunction(stack)).toBe(Platform.of(stack).task('clickstream-udf'));
});
