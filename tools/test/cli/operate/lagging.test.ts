// AWS answers reads from a moment ago: right after a redrive an execution seems closed, right after a start it seems
// not to be there.

import * as timers from 'node:timers/promises';
import { executionArn, Refusal, STACK, StandIn, seconds } from './stand-in';

const ARN = executionArn('one');
const ENDED = '2026-01-31T11:00:00Z';
const REDRIVEN = '2026-01-31T12:00:00Z';
const base = {
  ...{ executionArn: ARN, stateMachineArn: 'm', redriveStatus: 'REDRIVABLE', error: 'Boom' },
  startDate: seconds('2026-01-31T10:00:00Z'),
};
const failed = { ...base, status: 'FAILED', stopDate: seconds(ENDED), redriveCount: 0 };
const running = { ...base, status: 'RUNNING', redriveStatus: 'NOT_REDRIVABLE', redriveCount: 1 };
const succeeded = { ...running, status: 'SUCCEEDED', stopDate: seconds('2026-01-31T13:00:00Z') };

let aws: StandIn;
beforeEach(async () => {
  const soon = () => timers.setImmediate();
  jest
    .spyOn(jest.requireActual<typeof timers>('node:timers/promises'), 'setTimeout')
    .mockImplementation(soon);
  aws = new StandIn();
  await aws.start();
});
afterEach(() => {
  jest.restoreAllMocks();
  return aws.stop();
});

/** Looks that are answered in this order; the last one for good. */
const looks = (...all: readonly unknown[]) => {
  aws.answers['states.DescribeExecution'] = (_, nth) => {
    const answer = all[Math.min(nth, all.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
};
const none = () => new Refusal('ExecutionDoesNotExist', 'Execution Does Not Exist');

it('redrive --watch does not take the end before the redrive for its end', async () => {
  // Before it: one look for the status, one for the histories.
  looks(failed, failed, failed, failed, running, succeeded);
  aws.answers['states.RedriveExecution'] = () => ({ redriveDate: seconds(REDRIVEN) });
  const { code, out } = await aws.runbooks('redrive', ARN, '--yes', '--watch');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('is SUCCEEDED') });
  expect(out).not.toContain('is FAILED\n');
});

it('redrive --watch believes an end after the redrive', async () => {
  looks(failed, failed, failed, { ...failed, stopDate: seconds(REDRIVEN) + 1, redriveCount: 1 });
  aws.answers['states.RedriveExecution'] = () => ({ redriveDate: seconds(REDRIVEN) });
  const { code, out } = await aws.runbooks('redrive', ARN, '--yes', '--watch');
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('is FAILED') });
});

it('start --watch waits until the execution is known', async () => {
  looks(none(), none(), succeeded);
  aws.answers['states.StartExecution'] = () => ({ executionArn: ARN, startDate: 0 });
  const { code, out, err } = await aws.runbooks(
    ...['start', `${STACK}-run`, '--input', __filename, '--watch'],
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('is SUCCEEDED');
});

it('half a minute is enough: then it is not there', async () => {
  looks(none());
  aws.answers['states.StartExecution'] = () => ({ executionArn: ARN, startDate: 0 });
  const { code, err } = await aws.runbooks(
    ...['start', `${STACK}-run`, '--input', __filename, '--watch'],
  );
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Does Not Exist') });
  expect(aws.named('states.DescribeExecution')).toHaveLength(30);
});

it('an answer is waited for that is not known yet', async () => {
  looks(none(), none(), succeeded);
  aws.answers['states.StartExecution'] = () => ({ executionArn: ARN, startDate: 0 });
  const { code, err } = await aws.runbooks(
    ...['answer', ARN, 'cleanup', 'approve', '--by', 'Ada', '--reason', 'x', '--asked', 'then'],
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

it('watch outlives a throttled look for what failed', async () => {
  looks(running, running, failed);
  let throttled = 0;
  aws.answers['states.GetExecutionHistory'] = ({ maxResults }) => {
    if (maxResults === 1000 && throttled++ === 0) throw new Refusal('ThrottlingException');
    return { events: [] };
  };
  const { code, out } = await aws.runbooks('watch', ARN);
  expect({ code, throttled }).toEqual({ code: 1, throttled: 2 });
  expect(out).toContain('AWS answers again');
  expect(out).toContain('  error    Boom');
});

describe('stop', () => {
  const stop = () => aws.runbooks('stop', ARN, '--cause', 'not tonight');
  const aborted = { ...running, status: 'ABORTED', stopDate: seconds('2026-01-31T13:00:00Z') };
  beforeEach(() => {
    aws.answers['states.StopExecution'] = () => ({ stopDate: seconds('2026-01-31T13:00:00Z') });
  });

  it('stops what was redriven a moment ago and still reads as closed', async () => {
    looks(failed, failed, running, aborted);
    expect(await stop()).toMatchObject({ code: 0, out: expect.stringContaining('is ABORTED') });
    expect(aws.named('states.StopExecution')).toHaveLength(1);
  });

  it('is not done by a look from before the redrive', async () => {
    looks(running, failed, running, aborted);
    expect(await stop()).toMatchObject({ code: 0, out: expect.stringContaining('is ABORTED') });
  });

  it('refuses what stays closed for seconds', async () => {
    looks(failed);
    const { code, err } = await stop();
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('is FAILED: nothing to stop'),
    });
  });

  it('refuses at once what succeeded: it never runs again', async () => {
    looks(succeeded);
    expect(await stop()).toMatchObject({ code: 1 });
    expect(aws.named('states.StopExecution')).toEqual([]);
  });
});
