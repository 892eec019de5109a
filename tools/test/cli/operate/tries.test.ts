// Which tries at batches a watch prints: those that ended, in the order in which they did, each once.

import type { TimedBatch } from '../../../cli/ledger-view';
import { Shown } from '../../../cli/operate/shown';
import type { RunSight } from '../../../cli/operate/sight';
import { Tries } from '../../../cli/operate/tries';
import { Terminal } from '../../../cli/terminal';
import { ARN, RUN, time } from '../web/records';
import { StandIn, seconds } from './stand-in';

/** Ran from one minute to another. */
const ran = (title: string, from: number, to: number, more: object = {}): TimedBatch => ({
  ...{ step: 'events', item: 'shop', title, attempt: 1, status: 'done' },
  ...{ startedAt: time(from), endedAt: time(to) },
  ...more,
});
const failed = { status: 'failed', error: 'no disk' };
const many = (n: number, more: object = {}, from = 0) =>
  Array.from({ length: n }, (_, i) => ran(`w${from + i}`, from + i, from + i + 1, more));
const titles = (lines: readonly string[]) =>
  lines.map((line) => / {2}shop {2}(\S+)/.exec(line)?.[1] ?? line.trim());

it('prints a long one that ends after many short ones', () => {
  const tries = new Tries();
  tries.lines(many(9));
  expect(titles(tries.lines([ran('long', 0, 30, failed), ...many(9), ran('last', 9, 20)]))).toEqual(
    ['last', 'long'],
  );
  expect(tries.lines([ran('long', 0, 30, failed), ...many(9)])).toEqual([]);
});

it('counts the older ones of many, and prints all that failed', () => {
  expect(titles(new Tries().lines(many(12)))).toEqual([
    ...['done  2 more batches', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9', 'w10', 'w11'],
  ]);
  const bad = [...many(11, failed), ran('fine', 5, 60)];
  expect(titles(new Tries().lines(bad))).toEqual([
    ...['done  1 more batch', ...many(11).map(({ title }) => title)],
  ]);
});

it('prints at first the last ones of the look, and then all that is new', () => {
  const written: string[] = [];
  const shown = new Shown(new Terminal({ write: (text) => written.push(text) }, () => 0), {});
  const before = many(30, failed);
  const sight = { log: [], gates: [], status: 'FAILED', attempts: before.slice(-5) };
  shown.sight(sight as unknown as RunSight, before);
  expect(titles(written.splice(0))).toEqual(['w25', 'w26', 'w27', 'w28', 'w29']);
  shown.sight(sight as unknown as RunSight, [...before, ...many(7, {}, 30)]);
  expect(titles(written)).toEqual(['w30', 'w31', 'w32', 'w33', 'w34', 'w35', 'w36']);
});

it('watch --json has the tries that ended last, not those that began last', async () => {
  const aws = new StandIn();
  await aws.start();
  try {
    const batches = [ran('long', 0, 30, failed), ...many(6, {}, 1)];
    aws.ledger = [
      { pk: `execution#${ARN}`, sk: 'run', runId: RUN },
      { pk: `run#${RUN}`, sk: 'run', runId: RUN, status: 'open', executionArn: ARN },
      ...batches.map((one, i) => ({ pk: `run#${RUN}`, sk: `batch#${i}`, ...one })),
    ];
    aws.answers['states.DescribeExecution'] = () => ({
      ...{ executionArn: ARN, status: 'RUNNING', startDate: seconds(time(0)) },
    });
    const { out } = await aws.runbooks('watch', ARN, '--once', '--json');
    const { attempts } = JSON.parse(out) as RunSight;
    expect(attempts.map(({ title }) => title)).toEqual(['w3', 'w4', 'w5', 'w6', 'long']);
  } finally {
    await aws.stop();
  }
});
