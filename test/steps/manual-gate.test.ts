import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Machine } from '../../lib/platform/machine';
import { ManualGate, type ManualGateProps } from '../../lib/steps/manual-gate';
import { definitionsOf, type State } from '../support/definitions';

const FEWEST: ManualGateProps = {
  gate: 'cleanup',
  question: 'Drop the old tables?',
  approve: { tables: '{% $states.input.tables %}' },
};

type Gate = State & {
  readonly Output: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
};

function synth(change: Partial<ManualGateProps> = {}): Record<string, Gate> {
  const stack = new Stack(new App(), 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  const definition = new ManualGate(stack, 'Gate', { ...FEWEST, ...change }).next(
    sfn.Succeed.jsonata(stack, 'End'),
  );
  new Machine(stack, 'Machine', { name: 'm', comment: 'a test', definition });
  return definitionsOf(Template.fromStack(stack))['example-m']!.States as Record<string, Gate>;
}

describe('a gate with the fewest props', () => {
  const states = synth();
  const ask = states['Ask at gate cleanup']!;

  it('waits seven days for an answer with the token of its state', () => {
    expect(ask.Resource).toMatch(/lambda:invoke\.waitForTaskToken$/);
    expect(ask.TimeoutSeconds).toBe(7 * 24 * 3600);
    expect(ask.Arguments!.Payload).toMatchObject({
      token: '{% $states.context.Task.Token %}',
      gate: 'cleanup',
      question: 'Drop the old tables?',
      approve: { tables: '{% $states.input.tables %}' },
      answerMachineArn: expect.stringMatching(/:stateMachine:example-answer$/),
    });
  });

  it('hands the approval on, and shows an answer ready to paste', () => {
    expect(ask.Output).toBe("{% $merge([$states.input, { 'approval': $states.result }]) %}");
    expect(ask.Comment).toContain('"gate": "cleanup", "answer": "approve"');
    expect(ask.Comment).toMatch(/On redrive: asks about what is there now/);
    expect(ask.Next).toBe('End');
  });

  it('catches nothing and retries no refusal', () => {
    expect(ask.Catch).toBeUndefined();
    expect(ask.Retry!.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('GateRefusedError');
  });
});

describe('a gate with a task that acts on the approval', () => {
  const act = (scope: Construct) => sfn.Pass.jsonata(scope, 'Drop');

  it('leads back to the question when something else would be done now', () => {
    const states = synth({ act });
    expect(states['Ask at gate cleanup']!.Next).toBe('Drop');
    expect(states.Drop!.Next).toBe('Changed since gate cleanup?');
    expect(states['Changed since gate cleanup?']).toMatchObject({
      Choices: [
        { Condition: "{% $states.input.status = 'changed' %}", Next: 'Ask at gate cleanup' },
      ],
      Default: 'Gate cleanup passed',
    });
    expect(states['Gate cleanup passed']!.Next).toBe('End');
  });

  it('takes another condition', () => {
    const states = synth({ act, changed: "$states.input.drop.status = 'changed'" });
    expect(states['Changed since gate cleanup?']!.Choices![0]!.Condition).toBe(
      "{% $states.input.drop.status = 'changed' %}",
    );
  });
});

describe('a gate in front of which somebody looks', () => {
  const states = synth({
    look: {
      states: (scope) => sfn.Pass.jsonata(scope, 'Look'),
      redriveCount: '{% $states.input.seen.redriveCount %}',
    },
    act: (scope) => sfn.Pass.jsonata(scope, 'Drop'),
  });

  it('asks only about what was seen in this try of the execution', () => {
    expect(states.Look!.Next).toBe('Ask at gate cleanup');
    expect(states['Ask at gate cleanup']!.Arguments!.Payload.seenOn).toBe(
      '{% $states.input.seen.redriveCount %}',
    );
    expect(states['Ask at gate cleanup']!.Next).toBe(
      'Did gate cleanup ask about what is there now?',
    );
    expect(states['Did gate cleanup ask about what is there now?']).toMatchObject({
      Choices: [{ Condition: '{% $states.input.approval.stale = true %}', Next: 'Look' }],
      Default: 'Gate cleanup is answered',
    });
    expect(states['Gate cleanup is answered']!.Next).toBe('Drop');
  });

  it('has them look again when something else would be done now', () => {
    expect(states['Changed since gate cleanup?']!.Choices![0]!.Next).toBe('Look');
  });
});

it('asks for each item inside a ForEach step, for as long as it is told', () => {
  const ask = synth({ inItem: true, timeout: Duration.hours(1) })['Ask at gate cleanup']!;
  expect(ask.Arguments!.Payload.item).toBe('{% $states.input.item %}');
  expect(ask.TimeoutSeconds).toBe(3600);
  expect(ask.Comment).toContain('"gate": "cleanup.<item>"');
});

it('refuses a name that could not be typed', () => {
  expect(() => synth({ gate: 'clean up' })).toThrow(
    'gate must match [A-Za-z0-9-]{1,60}, got clean up',
  );
});
