// An answer is to a question that was shown: where nothing is asked, nothing is answered.

import { ARN, GATE, RUN, time } from '../web/records';
import { StandIn } from './stand-in';

const SAID = ['approve', '--by', 'Ada', '--reason', 'all rest'];
const answered = { answer: 'refuse', by: 'Bob', answeredAt: time(5) };

let aws: StandIn;
beforeEach(async () => {
  aws = new StandIn();
  await aws.start();
  aws.answers['states.DescribeExecution'] = () => ({
    ...{ executionArn: ARN, status: 'SUCCEEDED', startDate: 0 },
  });
  aws.answers['states.StartExecution'] = () => ({ executionArn: ARN, startDate: 0 });
});
afterEach(() => aws.stop());

const ledger = (...gates: readonly object[]) => {
  aws.ledger = [
    { pk: `execution#${ARN}`, sk: 'run', runId: RUN },
    { pk: `run#${RUN}`, sk: 'run', runId: RUN, status: 'open', executionArn: ARN },
    ...(gates as never[]),
  ];
};
const other = (name: string) => ({ ...GATE, sk: `gate#${name}`, name });

it.each([
  [
    'was answered',
    [{ ...GATE, ...answered }, other('cleanup')],
    `gate begin of run ${RUN} asks nothing now; it was answered last at ${time(5)}: refuse by Bob; gates that ask: cleanup`,
  ],
  [
    'has asked nothing',
    [],
    `gate begin of run ${RUN} asks nothing now; it has asked nothing yet; no other gate asks`,
  ],
])('refuses an answer to a gate that %s, and starts nothing', async (_, gates, message) => {
  ledger(...gates);
  const { code, out, err } = await aws.runbooks('answer', ARN, 'begin', ...SAID, '--json');
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining(`runbooks: ${message}\n`),
  });
  expect(JSON.parse(out)).toEqual({ error: { name: 'RefusedError', message } });
  expect(aws.named('states.StartExecution')).toEqual([]);
});

it('refuses an answer to an execution without a run', async () => {
  const { code, err } = await aws.runbooks('answer', ARN, 'begin', ...SAID);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('has no run') });
  expect(aws.named('states.StartExecution')).toEqual([]);
});

it.each([
  ['the question that was printed', [], time(1)],
  ['the question that is named', ['--asked', time(0)], time(0)],
])('answers %s, by its time', async (_, more, askedAt) => {
  ledger(GATE);
  const { code } = await aws.runbooks('answer', ARN, 'begin', ...SAID, ...more);
  expect(code).toBe(0);
  const [{ input }] = aws.named('states.StartExecution') as never as [{ input: string }];
  expect(JSON.parse(input)).toMatchObject({ run: RUN, gate: 'begin', askedAt });
});
