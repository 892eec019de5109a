// Ctrl-C: nothing is sent after it, a connection that hangs does not hold it up, and what was sent before is said.

import { PassThrough } from 'node:stream';
import { agreed } from '../../../cli/operate/agreed';
import { interrupts } from '../../../cli/signals';
import { executionArn, STACK, StandIn, seconds } from './stand-in';

const ARN = executionArn('one');
let aws: StandIn;
beforeEach(async () => {
  aws = new StandIn();
  await aws.start();
  aws.answers['states.DescribeExecution'] = () => ({
    ...{ executionArn: ARN, status: 'FAILED', redriveStatus: 'REDRIVABLE', error: 'Boom' },
    startDate: seconds('2026-01-31T10:00:00Z'),
    stopDate: seconds('2026-01-31T11:00:00Z'),
  });
});
afterEach(() => aws.stop());

const interrupt = () => process.emit('SIGINT', 'SIGINT');
const never = () => new Promise(() => undefined);

it('redrives nothing when it comes while the plan is made', async () => {
  aws.answers['states.GetExecutionHistory'] = () => {
    interrupt();
    return { events: [] };
  };
  aws.answers['states.RedriveExecution'] = () => ({ redriveDate: 0 });
  const { code, err } = await aws.runbooks('redrive', ARN, '--yes');
  expect({ code, err }).toEqual({ code: 130, err: expect.stringContaining('nothing was sent') });
  expect(aws.named('states.RedriveExecution')).toEqual([]);
});

it.each([
  ['redrive', ['redrive', ARN, '--yes'], 'RedriveExecution', `the redrive of ${ARN} was sent`],
  ['stop', ['stop', ARN, '--cause', 'x'], 'StopExecution', `the stop of ${ARN} was sent`],
  [
    'start',
    ['start', `${STACK}-run`, '--input', __filename, '--name', 'two'],
    'StartExecution',
    `the start of ${executionArn('two')} was sent`,
  ],
  [
    'answer',
    ['answer', ARN, 'cleanup', 'approve', '--by', 'Ada', '--reason', 'x', '--asked', 'then'],
    'StartExecution',
    `the start of ${executionArn('cli-', `${STACK}-answer`)}`,
  ],
])('says what it sent when it comes before the answer: %s', async (_, args, call, said) => {
  aws.answers[`states.${call}`] = () => {
    interrupt();
    return never();
  };
  const { code, err } = await aws.runbooks(...args);
  expect({ code, err }).toEqual({ code: 130, err: expect.stringContaining(said) });
});

it('ends a command whose connection hangs, with a document when one is wanted', async () => {
  aws.answers['states.DescribeExecution'] = () => {
    setImmediate(interrupt);
    return never();
  };
  const { code, out } = await aws.runbooks('watch', ARN, '--json');
  expect(code).toBe(130);
  expect(JSON.parse(out)).toEqual({
    error: { name: 'Interrupted', message: expect.stringContaining('nothing was sent') },
  });
});

it('ends a start that waits for an input on stdin', async () => {
  const own = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  Object.defineProperty(process, 'stdin', { value: new PassThrough(), configurable: true });
  try {
    setTimeout(interrupt, 50);
    const { code } = await aws.runbooks('start', `${STACK}-run`, '--input', '-');
    expect(code).toBe(130);
    expect(aws.calls).toEqual([]);
  } finally {
    Object.defineProperty(process, 'stdin', own);
  }
});

describe('a second one', () => {
  function listening() {
    let now = 1_000;
    const exits: number[] = [];
    const heard = interrupts({ now: () => now, exit: (code) => void exits.push(code) });
    const after = (ms: number) => {
      now += ms;
      interrupt();
    };
    return { ...heard, exits, after };
  }

  it('ends the process, unless it is the first that npm passed on', () => {
    const { signal, exits, after, dispose } = listening();
    after(0);
    after(100);
    expect([signal.aborted, exits]).toEqual([true, []]);
    after(1_000);
    expect(exits).toEqual([130]);
    dispose();
  });

  it('does not cut a rehearsal’s cleaning up short', () => {
    const { cleansUp, exits, after, dispose } = listening();
    cleansUp();
    after(0);
    after(1_000);
    expect(exits).toEqual([]);
    dispose();
  });
});

describe('the question before a redrive', () => {
  function asked() {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const controller = new AbortController();
    const said = agreed('Redrive it?', controller.signal, { input, output, terminal: true });
    return { input, said, controller };
  }

  it.each([
    ['y\r', true],
    ['yes\r', true],
    ['n\r', false],
    ['\r', false],
    ['\u0004', false],
  ])('%j is %s', async (keys, yes) => {
    const { input, said } = asked();
    input.write(keys);
    await expect(said).resolves.toBe(yes);
  });

  it('Ctrl-C is an interrupt', async () => {
    const { input, said } = asked();
    input.write('\u0003');
    await expect(said).rejects.toMatchObject({ name: 'Interrupted' });
  });

  it('hears the signal from elsewhere, too', async () => {
    const { said, controller } = asked();
    controller.abort(new Error('ended'));
    await expect(said).rejects.toThrow('ended');
  });
});
