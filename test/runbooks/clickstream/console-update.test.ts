import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import example from '../../../config/example.json';
import { type TargetWith, targetSchema } from '../../../lambdas/shared/inputs/target';
import { RunbookStack } from '../../../lib/platform/runbook-stack';
import { addConsoleUpdate } from '../../../lib/runbooks/clickstream/console-update';

interface State {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { Condition: string; Next: string }[];
  readonly Output?: Record<string, unknown>;
  readonly Arguments?: { Payload: Record<string, unknown> };
}

/** The machine for a target like the example's, with other values for its console. */
function synth(console: Record<string, string | undefined> = {}, region?: string) {
  const clickstream = {
    ...example.clickstream,
    console: { ...example.clickstream.console, ...console },
  };
  const changed = targetSchema.parse({ ...example, clickstream, ...(region && { region }) });
  const target = changed as TargetWith<'clickstream'>;
  const stack = new RunbookStack(new App(), 'example-clickstream', { target });
  const { stateMachine } = addConsoleUpdate(stack, target);
  const { definitionString } = stateMachine.node.defaultChild as unknown as {
    definitionString: string;
  };
  const text = stack.resolve(definitionString) as { 'Fn::Join': [string, unknown[]] };
  const joined = text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'TOKEN'));
  const states = JSON.parse(joined.join('')).States as Record<string, State>;
  return { template: Template.fromStack(stack), states };
}

const read = (states: Record<string, State>) =>
  states['Read the console stack']!.Arguments!.Payload;

describe('clickstream-console-update', () => {
  const { template, states } = synth();

  test('reads the stack first, and a dry run ends there with the plan', () => {
    expect(states['Check the input']!.Next).toBe('Read the console stack');
    expect(states['Read the console stack']!.Next).toBe('Only a dry run?');
    expect(states['Only a dry run?']!.Choices).toEqual([
      { Condition: '{% $states.input.input.dryRun %}', Next: 'Report the plan' },
    ]);
    expect(states['Report the plan']!.Output).toMatchObject({
      dryRun: true,
      plan: '{% $states.input.console %}',
    });
  });

  test('leaves a console alone that has this very build', () => {
    expect(states['Does the console need an update?']).toMatchObject({
      Choices: [
        {
          Condition: "{% $states.input.console.action = 'none' %}",
          Next: 'The console is up to date',
        },
      ],
      Default: 'Prepare the change set of the console',
    });
    expect(states['The console is up to date']!.Next).toBe('Close the run');
  });

  test('asks a person about every change set', () => {
    expect(states['Change set of the console ready?']!.Choices!.at(-1)).toEqual({
      Condition: '{% true %}',
      Next: 'Ask about the change set of the console',
    });
    expect(states['Execute the change set of the console']!.Arguments!.Payload.gated).toBe(true);
  });

  test('works in the region of the stack, with the configured role', () => {
    expect(read(states)).toMatchObject({
      stackName: 'clickstream-console',
      region: 'us-east-1',
      serviceRoleArn: 'arn:aws:iam::000000000000:role/clickstream-console-update',
      step: 'console',
    });
  });

  test('works in another region, and without a role leaves it to the task to say why that does not do', () => {
    const elsewhere = synth({ region: 'eu-west-1', serviceRoleArn: undefined });
    expect(read(elsewhere.states)).toMatchObject({ region: 'eu-west-1', serviceRoleArn: null });
    const text = JSON.stringify(elsewhere.template.findResources('AWS::IAM::Policy'));
    expect(text).toContain(':cloudformation:eu-west-1:000000000000:stack/clickstream-console/*');
    expect(text).not.toContain('iam:PassRole');
  });

  test('reads templates by address only, never those of other stacks', () => {
    const found = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action === 'cloudformation:GetTemplateSummary');
    expect(found).toEqual([
      {
        Action: 'cloudformation:GetTemplateSummary',
        Effect: 'Allow',
        Resource: '*',
        Condition: { StringLike: { 'cloudformation:TemplateUrl': 'https://*' } },
      },
    ]);
  });

  test.each([
    ['us-east-1', ['solutions-reference']],
    ['cn-north-1', ['aws-gcr-solutions']],
    ['us-gov-west-1', []],
  ])(
    'in %s reads the templates published for its partition, with both tasks',
    (region, buckets) => {
      const policies = Object.entries(
        synth({}, region).template.findResources('AWS::IAM::Policy'),
      ).flatMap(([id, { Properties }]) =>
        (Properties.PolicyDocument.Statement as { Action: string; Resource: object }[])
          .filter(({ Action }) => Action === 's3:GetObject')
          .map(({ Resource }) => [
            id.replace(/^Platform|ServiceRole.*/g, ''),
            /s3:::(.*?)"/.exec(JSON.stringify(Resource))?.[1],
          ]),
      );
      const objects = buckets.map((bucket) => `${bucket}/clickstream-analytics-on-aws/*`);
      expect(policies.sort()).toEqual(
        ['PrepareChangeSet', 'ReadConsoleStack'].flatMap((task) =>
          objects.map((one) => [task, one]),
        ),
      );
    },
  );
});
