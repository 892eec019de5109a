// What is read of histories: what is new, and of what is over nothing a second time.

import { Histories } from '../../../cli/web/events';
import { executionArn } from '../operate/stand-in';
import { ARN, CHILD, MAP_RUN } from './records';
import { scene } from './scene';

let run: Awaited<ReturnType<typeof scene>>;
afterEach(() => run.stop());
const reads = () => run.aws.named('states.GetExecutionHistory').length;
const types = (found: readonly { events: readonly { type?: string }[] }[]) =>
  found.map(({ events }) => events.map(({ type }) => type).at(-1));

it('reads on in what runs, and goes on after what it has', async () => {
  run = await scene('gate');
  const histories = new Histories();
  const { sfn } = run.kit.aws;
  expect(types(await histories.read(sfn, ARN))).toEqual(['TaskStateEntered']);
  run.go('running');
  const found = await histories.read(sfn, ARN);
  expect(found.map(({ arn }) => arn)).toEqual([ARN, executionArn('child', 'prod-demo-run/Each')]);
  expect(found[0]!.events.map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('asks again for a history that does not know of its end yet', async () => {
  run = await scene('failed');
  const histories = new Histories();
  const { sfn } = run.kit.aws;
  const answer = run.aws.answers['states.GetExecutionHistory']!;
  run.aws.answers['states.GetExecutionHistory'] = (input, nth) => {
    const { events } = answer(input, nth) as { events: { type: string }[] };
    return { events: events.filter(({ type }) => type !== 'ExecutionFailed') };
  };
  expect(types(await histories.read(sfn, ARN))).toEqual(['MapRunStarted', 'TaskStateEntered']);
  run.aws.answers['states.GetExecutionHistory'] = answer;
  const found = await histories.read(sfn, ARN);
  expect(types(found)).toEqual(['ExecutionFailed', 'ExecutionFailed']);
  const before = reads();
  await histories.read(sfn, ARN);
  expect(reads()).toBe(before);
});

it('asks nothing about the children of a Map Run that is over', async () => {
  run = await scene('failed');
  const histories = new Histories();
  const { sfn } = run.kit.aws;
  const answer = run.aws.answers['states.ListMapRuns']!;
  run.aws.answers['states.ListMapRuns'] = (input, nth) => {
    const { mapRuns } = answer(input, nth) as { mapRuns: object[] };
    return { mapRuns: mapRuns.map((one) => ({ ...one, stopDate: 1_767_265_200 })) };
  };
  expect(await histories.read(sfn, ARN)).toHaveLength(2);
  expect(await histories.read(sfn, ARN)).toHaveLength(2);
  expect(run.aws.named('states.ListExecutions')).toHaveLength(1);
});

it.each([
  [50, false],
  [51, true],
])(
  'of %i children the newest 50 are read, and it is known whether there are more',
  async (children, cut) => {
    run = await scene('running');
    const histories = new Histories();
    run.aws.answers['states.ListExecutions'] = ({ maxResults, nextToken = '0' }) => {
      const all = Array.from({ length: children }, (_, i) => ({
        ...{ executionArn: `${CHILD}${i}`, status: 'RUNNING', startDate: 0 },
      }));
      const to = Number(nextToken) + Number(maxResults);
      const executions = all.slice(Number(nextToken), to);
      return { executions, ...(to < children && { nextToken: String(to) }) };
    };
    expect(await histories.read(run.kit.aws.sfn, ARN)).toHaveLength(51);
    expect(histories.isCut(MAP_RUN)).toBe(cut);
  },
);
