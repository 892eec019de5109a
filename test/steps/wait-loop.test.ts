import * as lambda from 'aws-cdk-lib/aws-lambda';
import { WaitLoop, type WaitLoopProps } from '../../lib/steps/wait-loop';
import { synthStates, waysOf } from '../support/step-machine';

const NAMES = {
  step: 'copy',
  act: 'Copy files',
  question: 'Files copied?',
  done: 'Files are there',
};

const synth = (change: Partial<WaitLoopProps> = {}) =>
  synthStates((stack) => {
    const task = new lambda.Function(stack, 'Task', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({ status: "done" })'),
    });
    const comment = 'Copies and waits. On redrive: looks at what is there';
    return new WaitLoop(stack, 'Loop', { ...NAMES, task, payload: {}, comment, ...change });
  });

describe('WaitLoop', () => {
  test('with the fewest props: calls its task again while it says that it runs', () => {
    const { states, first } = synth();
    expect(first).toBe('Copy files');
    expect(waysOf(states['Copy files']!)).toEqual(['Files copied?']);
    expect(states['Files copied?']!.Choices![0]!.Condition).toBe(
      "{% $states.input.copy.status = 'running' %}",
    );
    expect(waysOf(states['Files copied?']!)).toEqual(['Copy files', 'Files are there']);
    expect(states['Copy files']!.Comment).toContain('looks at what is there');
    expect(states['Copy files']!.Arguments!.Payload).not.toHaveProperty('item');
  });

  test('with all props: sends what it is given, for the item of its child', () => {
    const { states } = synth({ payload: { from: 'a' }, inItem: true });
    expect(states['Copy files']!.Arguments!.Payload).toMatchObject({
      from: 'a',
      item: '{% $states.input.item %}',
      runId: '{% $states.input.run.id %}',
    });
  });

  test.each(['', 'my step', 'copy1', 'Кopy'])('refuses step %j', (step) => {
    expect(() => synth({ step })).toThrow(`step must be letters only, got ${JSON.stringify(step)}`);
  });
});
