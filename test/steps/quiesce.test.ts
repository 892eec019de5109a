import jsonata from 'jsonata';
import { Quiesce, type QuiesceProps, QuietThings, RestoreQuiesced } from '../../lib/steps/quiesce';
import { Warehouse } from '../../lib/steps/warehouse';
import { grantsOf, synthStates, waysOf } from '../support/step-machine';

const ARN = 'arn:aws:events:us-east-1:000000000000:rule/nightly';
const NAMES = { step: 'quiet', act: 'Stop jobs', question: 'Jobs stopped?', done: 'No job begins' };
const RULES = QuietThings.rules({ names: ['nightly'], arns: [ARN] });
const synth = (things = RULES, change: Partial<QuiesceProps> = {}) =>
  synthStates((stack) => new Quiesce(stack, 'Stop', { ...NAMES, things, ...change }));
const thingsOf = ({ states }: ReturnType<typeof synth>) =>
  states['Stop jobs']!.Arguments!.Payload.things;

describe('Quiesce', () => {
  const { states, template, first } = synth();

  test('calls its task until everything is held still', () => {
    expect(first).toBe('Stop jobs');
    expect(waysOf(states['Stop jobs']!)).toEqual(['Jobs stopped?']);
    expect(states['Jobs stopped?']!.Choices![0]!.Condition).toBe(
      "{% $states.input.quiet.status = 'running' %}",
    );
    expect(waysOf(states['Jobs stopped?']!)).toEqual(['Stop jobs', 'No job begins']);
    const silent = Object.values(states).filter(({ Comment }) => !/[Oo]n redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('whoever stops, gives back or releases may read and change the rules, and nothing else may', () => {
    const givers = { ReleaseRun: [ARN], RestoreQuiesced: [ARN] };
    for (const action of ['events:DescribeRule', 'events:DisableRule']) {
      expect(grantsOf(template, action)).toEqual({ Quiesce: [ARN], ...givers });
    }
    expect(grantsOf(template, 'events:EnableRule')).toEqual(givers);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/events:(Put|Delete|Remove)/);
  });

  test('names rules that are known, in the runbook’s region or another', () => {
    expect(thingsOf(synth())).toEqual([{ kind: 'rule', name: 'nightly', region: 'us-east-1' }]);
    const elsewhere = QuietThings.rules({ names: ['nightly'], region: 'eu-west-1', arns: [ARN] });
    expect(thingsOf(synth(elsewhere))).toEqual([
      { kind: 'rule', name: 'nightly', region: 'eu-west-1' },
    ]);
  });

  test.each([[['a', 'b']], [['a']], [[]]])('names rules from the state data: %j', async (rules) => {
    const things = QuietThings.rules({
      names: '$states.input.pipeline.rules',
      arns: ['arn:aws:events:us-east-1:000000000000:rule/Clickstream-*'],
      reason: 'a test',
    });
    const expression = String(thingsOf(synth(things))).replace(/^\{%|%\}$/g, '');
    const list = await jsonata(expression).evaluate(
      {},
      { states: { input: { pipeline: { rules } } } },
    );
    expect([...list]).toEqual(rules.map((name) => ({ kind: 'rule', name, region: 'us-east-1' })));
  });

  test('raises the capacity of a workgroup, which is all its tasks may change of it', () => {
    const warehouse = Warehouse.serverless({
      workgroup: 'shop',
      workgroupId: 'ab12',
      database: 'dev',
      region: 'eu-west-1',
    });
    const one = synth(QuietThings.capacity(warehouse, '{% $states.input.rpus %}'));
    expect(thingsOf(one)).toEqual([
      { kind: 'capacity', name: 'shop', region: 'eu-west-1', to: '{% $states.input.rpus %}' },
    ]);
    const arn =
      'arn:Ref: AWS::Partition:redshift-serverless:eu-west-1:000000000000:workgroup/ab12'.replace(
        'Ref: ',
        'Ref:',
      );
    expect(grantsOf(one.template, 'redshift-serverless:UpdateWorkgroup')).toEqual({
      Quiesce: [arn],
      ReleaseRun: [arn],
      RestoreQuiesced: [arn],
    });
    const near = Warehouse.serverless({ workgroup: 'shop', database: 'dev' });
    expect(thingsOf(synth(QuietThings.capacity(near, 64)))).toEqual([
      { kind: 'capacity', name: 'shop', region: 'us-east-1', to: 64 },
    ]);
  });

  test('refuses the capacity of a cluster, and a step that cannot be a name in the state data', () => {
    const cluster = Warehouse.provisioned({ cluster: 'shop', database: 'dev' });
    expect(() => synth(QuietThings.capacity(cluster, 64))).toThrow(
      'the capacity of a provisioned cluster is not changed by a runbook; give a serverless warehouse',
    );
    expect(() => synth(RULES, { step: 'my step' })).toThrow(
      'step must be letters only, got "my step"',
    );
  });
});

describe('RestoreQuiesced', () => {
  test('with the fewest props: gives back everything of the run', () => {
    const { states, first, template } = synthStates(
      (stack) => new RestoreQuiesced(stack, 'Restore'),
    );
    expect(first).toBe('Give back what was held still');
    expect(waysOf(states['Everything given back?']!)).toEqual([
      'Give back what was held still',
      'Everything is as before the run',
    ]);
    expect(states['Everything given back?']!.Choices![0]!.Condition).toContain('.restored.status');
    expect(grantsOf(template, 'events:EnableRule')).toEqual({});
  });

  test('with all props: names of its own', () => {
    const { states } = synthStates(
      (stack) =>
        new RestoreQuiesced(stack, 'Restore', {
          step: 'back',
          act: 'Start jobs',
          question: 'Started?',
          done: 'Jobs run',
        }),
    );
    expect(Object.keys(states)).toEqual(['Start jobs', 'Started?', 'Jobs run']);
    expect(states['Started?']!.Choices![0]!.Condition).toContain('.back.status');
  });

  test('behind a Quiesce step it is one chain', () => {
    const { states } = synthStates((stack) =>
      new Quiesce(stack, 'Stop', { ...NAMES, things: RULES }).next(
        new RestoreQuiesced(stack, 'Restore'),
      ),
    );
    expect(waysOf(states['No job begins']!)).toEqual(['Give back what was held still']);
  });
});
