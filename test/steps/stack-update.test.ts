import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Machine } from '../../lib/platform/machine';
import { StackUpdate, type StackUpdateProps, UpdatePlan } from '../../lib/steps/stack-update';

const ROLE = 'arn:aws:iam::000000000000:role/updater';
const URL = 'https://templates.example.com/v2/service.template.json';

interface State {
  readonly Type: string;
  readonly Comment: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly { Condition: string; Next: string }[];
  readonly Arguments?: { Payload: Record<string, unknown> };
}

const FEWEST: StackUpdateProps = {
  step: 'service',
  noun: 'the service',
  stack: { name: 'service' },
  plan: UpdatePlan.template(URL),
};

/** The step in a machine of its own: template, parsed states. */
function synth(change: Partial<StackUpdateProps> = {}) {
  const stack = new Stack(new App(), 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  const props = { ...FEWEST, ...change };
  const definition = new StackUpdate(stack, 'Update', props);
  const machine = new Machine(stack, 'Machine', { name: 'm', comment: 'a test', definition });
  const text = stack.resolve(
    (machine.stateMachine.node.defaultChild as unknown as { definitionString: string })
      .definitionString,
  ) as { 'Fn::Join': [string, unknown[]] };
  const joined = text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'TOKEN'));
  const states = JSON.parse(joined.join('')).States as Record<string, State>;
  return { template: Template.fromStack(stack), states };
}

const role = (scope = new Stack(new App(), 'roles')) =>
  iam.Role.fromRoleArn(scope, 'Role', ROLE, { mutable: false });

/** Statements of all policies with the action, by the task they belong to. */
function statements(template: Template, action: string) {
  return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(
    ([id, { Properties }]) =>
      (Properties.PolicyDocument.Statement as { Action: string | string[] }[])
        .filter(({ Action }) => [Action].flat().includes(action))
        .map((statement) => ({
          task: id.replace(/^Platform|(Service)?RoleDefaultPolicy.*/g, ''),
          ...statement,
        })),
  );
}

describe('StackUpdate', () => {
  test('is a chain of sentences, each state with its comment on redrive', () => {
    const { states } = synth();
    expect(Object.keys(states)).toEqual([
      'Prepare the change set of the service',
      'Change set of the service ready?',
      'Execute the change set of the service',
      'Change set of the service as approved?',
      'Follow the update of the service',
      'Update of the service through?',
      'The update of the service is done',
      'Ask about the change set of the service',
      'Change set of the service still there?',
    ]);
    expect(Object.keys(states).filter((name) => name.length > 60)).toEqual([]);
    const silent = Object.values(states).filter(
      ({ Type, Comment }) => Type !== 'Pass' && !/[Oo]n redrive:/.test(Comment),
    );
    expect(silent).toEqual([]);
  });

  test('every answer of a task has a way on', () => {
    const { states } = synth();
    const ways = (name: string) => [
      ...states[name]!.Choices!.map(({ Condition, Next }) => [
        Condition.match(/'(\w+)' %|\$exists|true/)?.[0],
        Next,
      ]),
      ['otherwise', states[name]!.Default],
    ];
    expect(ways('Change set of the service ready?')).toEqual([
      ["'running' %", 'Prepare the change set of the service'],
      ["'empty' %", 'The update of the service is done'],
      ["'executing' %", 'Follow the update of the service'],
      ['true', 'Ask about the change set of the service'],
      ['otherwise', 'Execute the change set of the service'],
    ]);
    expect(ways('Change set of the service still there?')).toEqual([
      ['$exists', 'Prepare the change set of the service'],
      ['otherwise', 'Execute the change set of the service'],
    ]);
    expect(ways('Change set of the service as approved?')).toEqual([
      ["'executing' %", 'Follow the update of the service'],
      ['otherwise', 'Prepare the change set of the service'],
    ]);
    expect(ways('Update of the service through?')).toEqual([
      ["'running' %", 'Follow the update of the service'],
      ["'again' %", 'Prepare the change set of the service'],
      ['otherwise', 'The update of the service is done'],
    ]);
  });

  test('with the fewest props: keeps the region, asks for seven days, passes no role', () => {
    const { template, states } = synth();
    const ask = states['Ask about the change set of the service']!;
    expect(ask.TimeoutSeconds).toBe(7 * 24 * 3600);
    expect(ask.Arguments!.Payload).toMatchObject({
      gate: 'change-set',
      region: 'us-east-1',
      token: '{% $states.context.Task.Token %}',
    });
    expect(states['Prepare the change set of the service']!.Arguments!.Payload.plan).toEqual({
      stackName: 'service',
      region: 'us-east-1',
      templateUrl: URL,
      parameters: [],
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      warnings: [],
    });
    expect(statements(template, 'iam:PassRole')).toEqual([]);
  });

  test('with all props: another region, a role, parameters, a gate of its own', () => {
    const { template, states } = synth({
      stack: { name: 'service', region: 'eu-west-1', serviceRole: role() },
      plan: UpdatePlan.template(URL, { Size: 'large', Vpc: null }),
      gateName: 'service-update',
      gateTimeout: Duration.hours(1),
      inItem: true,
    });
    const prepare = states['Prepare the change set of the service']!.Arguments!.Payload;
    expect(prepare).toMatchObject({
      item: '{% $states.input.item %}',
      plan: {
        region: 'eu-west-1',
        roleArn: ROLE,
        parameters: [{ key: 'Size', value: 'large' }, { key: 'Vpc' }],
      },
    });
    const ask = states['Ask about the change set of the service']!;
    expect(ask.TimeoutSeconds).toBe(3600);
    expect(ask.Arguments!.Payload).toMatchObject({ gate: 'service-update', region: 'eu-west-1' });
    const [allowed] = statements(template, 'cloudformation:ExecuteChangeSet');
    expect(JSON.stringify(allowed)).toContain(
      'cloudformation:eu-west-1:000000000000:stack/service/*',
    );
  });

  test('takes its plan from the state data', () => {
    const { states } = synth({ plan: UpdatePlan.fromState('{% $states.input.console.plan %}') });
    for (const name of [
      'Prepare the change set of the service',
      'Follow the update of the service',
    ]) {
      expect(states[name]!.Arguments!.Payload.plan).toBe('{% $states.input.console.plan %}');
    }
  });

  test('without a gate asks only about what touches data, and tells the task so', () => {
    const { states } = synth({ gate: false });
    const [, , , asks] = states['Change set of the service ready?']!.Choices!;
    expect(asks!.Condition).toBe('{% $states.input.serviceUpdate.risky > 0 %}');
    expect(states['Execute the change set of the service']!.Arguments!.Payload.gated).toBe(false);
  });

  test('each task may use this one stack, and execute or delete only change sets of runbooks', () => {
    const { template } = synth();
    const changing = {
      CreateChangeSet: ['PrepareChangeSet'],
      // A run that is given up leaves no change set behind.
      DeleteChangeSet: ['PrepareChangeSet', 'ReleaseRun'],
      ExecuteChangeSet: ['ExecuteChangeSet'],
    };
    for (const [action, tasks] of Object.entries(changing)) {
      const found = statements(template, `cloudformation:${action}`);
      expect(found).toEqual(
        tasks.map((task) =>
          expect.objectContaining({
            task,
            Condition: { StringLike: { 'cloudformation:ChangeSetName': 'runbook-*' } },
            Resource: expect.objectContaining({ 'Fn::Join': expect.anything() }),
          }),
        ),
      );
      for (const one of found) {
        expect(JSON.stringify(one)).toContain(
          ':cloudformation:us-east-1:000000000000:stack/service/*',
        );
      }
    }
    expect(JSON.stringify(template.toJSON())).not.toMatch(
      /cloudformation:(\*|UpdateStack|DeleteStack)/,
    );
  });

  test('passes the one role, to CloudFormation only, where the change set is made', () => {
    const { template } = synth({ stack: { name: 'service', serviceRole: role() } });
    expect(statements(template, 'iam:PassRole')).toEqual([
      expect.objectContaining({
        task: 'PrepareChangeSet',
        Resource: ROLE,
        Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
      }),
    ]);
  });

  test('reads templates from the folders it is given, with the task that makes the change set', () => {
    const bucket = s3.Bucket.fromBucketName(new Stack(new App(), 'b'), 'B', 'templates');
    const { template } = synth({ templates: [{ bucket, folder: 'service' }, { bucket }] });
    const found = statements(template, 's3:GetObject');
    expect(found.map(({ task }) => task)).toEqual(['PrepareChangeSet', 'PrepareChangeSet']);
    expect(JSON.stringify(found[0])).toContain(':s3:::templates/service/*');
    expect(JSON.stringify(found[1])).toContain(':s3:::templates/*');
    expect(statements(synth().template, 's3:GetObject')).toEqual([]);
  });

  test('refuses a step that cannot be a name in the state data', () => {
    expect(() => synth({ step: 'my step' })).toThrow('step must be letters only, got "my step"');
  });
});
