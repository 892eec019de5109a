import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { checkInput, INPUTS } from '../../lambdas/shared/inputs';
import { Platform } from '../../lib/platform/platform';
import { RunbookMachine, type RunbookMachineProps } from '../../lib/platform/runbook-machine';
import { definitionsOf } from '../support/definitions';
import { TARGET } from '../support/runs';

const FEWEST: RunbookMachineProps = {
  name: 'sales',
  runbook: 'sales-rebuild',
  comment: 'a test',
  body: (scope) => sfn.Pass.jsonata(scope, 'Work'),
};

function synth(...machines: Partial<RunbookMachineProps>[]) {
  const stack = new Stack(new App(), 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  for (const [i, change] of machines.entries()) {
    new RunbookMachine(stack, `M${i}`, { ...FEWEST, ...change });
  }
  const template = Template.fromStack(stack);
  return { template, definitions: definitionsOf(template) };
}

/** A number of resources of a type. */
const count = (template: Template, type: string) =>
  Object.keys(template.findResources(type)).length;

/** What the rules on ends without success call, rule by rule. */
const calledWhenStopped = (template: Template): string[][] =>
  Object.values(template.findResources('AWS::Events::Rule'))
    .filter(({ Properties }) => Properties.EventPattern.detail.status.length === 3)
    .map(({ Properties }) =>
      Properties.Targets.map(({ Arn }: { Arn: { Ref?: string; 'Fn::GetAtt'?: string[] } }) =>
        (Arn.Ref ?? Arn['Fn::GetAtt']![0]!).slice(0, -8),
      ),
    );

describe('a runbook machine with the fewest props', () => {
  const { template, definitions } = synth({});
  const definition = definitions['example-sales']!;

  it('checks the input first and closes the run last', () => {
    expect(definition.StartAt).toBe('Check the input');
    expect(definition.States['Check the input']!.Next).toBe('Work');
    expect(definition.States.Work!.Next).toBe('Close the run');
    expect(definition.States['Close the run']!.End).toBe(true);
  });

  it('hands the whole context of its start to the first task', () => {
    expect(definition.States['Check the input']!.Arguments!.Payload).toEqual({
      version: 1,
      rootArn: '{% $states.context.Execution.Id %}',
      selfArn: '{% $states.context.Execution.Id %}',
      redriveCount: '{% $states.context.Execution.RedriveCount %}',
      machine: 'sales-rebuild',
      schema: 'none',
      target: {},
      startTime: '{% $states.context.Execution.StartTime %}',
      input: '{% $states.input %}',
    });
  });

  it('is STANDARD, logs without data, and is not traced', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'example-sales',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: Match.objectLike({ IncludeExecutionData: false, Level: 'ALL' }),
      TracingConfiguration: { Enabled: false },
    });
  });

  it('keeps its logs when the stack goes', () => {
    const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(logs.filter(({ DeletionPolicy }) => DeletionPolicy !== 'Retain')).toEqual([]);
  });

  it('tells about every end of exactly this machine', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('^M0MachineStateMachine') }],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'],
        },
      },
      Targets: [
        { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('NotifyStatus'), 'Arn'] }, Id: 'Target0' },
      ],
    });
  });

  it('watches what ended without success; where no step leaves anything there is nothing to settle', () => {
    expect(calledWhenStopped(template)).toEqual([['QuietWatchMachineStateMachine']]);
  });

  it('alarms on failed, timed out and aborted executions, and on a run that is left alone', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    const seen = alarms.map(({ Properties }) => [
      Properties.MetricName,
      Properties.Dimensions[0].Value.Ref.slice(0, 10),
      Properties.AlarmActions.length,
      Properties.TreatMissingData,
    ]);
    expect(seen.sort()).toEqual([
      ['ExecutionsAborted', 'M0MachineS', 1, 'notBreaching'],
      ['ExecutionsFailed', 'M0MachineS', 1, 'notBreaching'],
      ['ExecutionsFailed', 'QuietWatch', 1, 'notBreaching'],
      ['ExecutionsTimedOut', 'M0MachineS', 1, 'notBreaching'],
    ]);
  });

  it('watches a failed run for two hours', () => {
    const watch = definitions['example-quiet-watch']!;
    expect(watch.States[watch.StartAt]).toMatchObject({
      Type: 'Wait',
      Timestamp: '{% $fromMillis($states.input.detail.stopDate + 7200000) %}',
    });
  });

  it('prints where to start it and with what', () => {
    const outputs = Object.values(template.findOutputs('*'));
    expect(outputs.map(({ Value }) => Value)).toEqual([
      expect.anything(),
      JSON.stringify({ dryRun: true }),
    ]);
  });
});

describe('a runbook machine with every prop', () => {
  const schema = 'clickstream-data-migration' as const;
  const { template, definitions } = synth({
    schema,
    target: TARGET,
    docs: 'docs/sales.md',
    quietAlarmAfter: Duration.minutes(30),
    tracing: true,
  });

  it('tells the first task schema and target, and prints an example that passes', () => {
    const { Payload } = definitions['example-sales']!.States['Check the input']!.Arguments!;
    expect(Payload).toMatchObject({ schema, target: TARGET });
    const values = Object.values(template.findOutputs('*')).map(({ Value }) => Value);
    const example = JSON.parse(values.find((value) => String(value).startsWith('{"projectId"')));
    expect(example).toEqual(INPUTS[schema].example(TARGET));
    expect(() => checkInput(schema, TARGET, example)).not.toThrow();
    expect(values).toContain('docs/sales.md');
  });

  it('is traced, and watched for as long as it says', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'example-sales',
      TracingConfiguration: { Enabled: true },
    });
    expect(JSON.stringify(definitions['example-quiet-watch'])).toContain('stopDate + 1800000');
  });
});

describe('two machines of one stack', () => {
  const { template } = synth({}, { name: 'other', runbook: 'other' });

  it('share tasks, watch and operator policy', () => {
    expect(count(template, 'AWS::StepFunctions::StateMachine')).toBe(3);
    expect(count(template, 'AWS::IAM::ManagedPolicy')).toBe(1);
    expect(count(template, 'AWS::CloudWatch::Alarm')).toBe(7);
    expect(count(template, 'AWS::DynamoDB::Table')).toBe(1);
  });

  it('are both settled when a step of one of them leaves something', () => {
    const leaves = (scope: Construct) => {
      expect(Platform.of(scope).settlingTasks).toHaveLength(2);
      return sfn.Pass.jsonata(scope, 'Work');
    };
    const { template } = synth({}, { name: 'other', runbook: 'other', body: leaves });
    const called = calledWhenStopped(template).map((targets) => targets.sort());
    const both = ['PlatformSettleClosedRun', 'QuietWatchMachineStateMachine'];
    expect(called).toEqual([both, both]);
  });

  it('let a task ask about executions of either, and of nothing else', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const [, { Properties }] = policies.find(([id]) => id.startsWith('PlatformOpenRun'))!;
    const describing = Properties.PolicyDocument.Statement.filter(
      ({ Action }: { Action: string }) => Action === 'states:DescribeExecution',
    );
    const resources = JSON.stringify(describing).match(/execution:[a-z-]+[:/]\*/g);
    expect([...new Set(resources)].sort()).toEqual([
      'execution:example-other/*',
      'execution:example-other:*',
      'execution:example-sales/*',
      'execution:example-sales:*',
    ]);
  });

  it('give an operator start, watch, redrive, stop, and the records of the runs, and nothing more', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    const statements = policy!.Properties.PolicyDocument.Statement as {
      Action: string | string[];
      Resource: unknown;
    }[];
    expect([...new Set(statements.flatMap(({ Action }) => Action))].sort()).toEqual([
      'cloudformation:GetTemplate',
      'cloudformation:ListStackResources',
      'dynamodb:GetItem',
      'dynamodb:Query',
      's3:GetObject',
      'states:DescribeExecution',
      'states:DescribeMapRun',
      'states:DescribeStateMachine',
      'states:DescribeStateMachineForExecution',
      'states:GetExecutionHistory',
      'states:ListExecutions',
      'states:ListMapRuns',
      'states:RedriveExecution',
      'states:StartExecution',
      'states:StopExecution',
    ]);
    expect(statements.flatMap(({ Resource }) => Resource)).not.toContain('*');
  });
});

it('a distributed map’s children may be started, stopped and redriven by the machine', () => {
  const { template } = synth({
    body: (scope) => {
      const map = sfn.DistributedMap.jsonata(scope, 'For each', {
        items: sfn.ProvideItems.jsonata('{% [1] %}'),
        label: 'each',
      });
      map.itemProcessor(sfn.Pass.jsonata(scope, 'One'));
      return map;
    },
  });
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const [, { Properties }] = policies.find(([id]) => id.includes('DistributedMapPolicy'))!;
  const text = JSON.stringify(Properties.PolicyDocument.Statement);
  expect(text).toContain('states:StartExecution');
  expect(text).toContain('states:StopExecution');
  expect(text).toMatch(/states:RedriveExecution.*\/each:\*/);
});

it('refuses a name that Step Functions would refuse', () => {
  expect(() => synth({ name: 'x'.repeat(80) })).toThrow(/is longer than 80 characters/);
});
