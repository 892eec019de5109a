// What the states of a machine are doing, from histories.

import type { AslGraph } from '../../../../lambdas/shared/diagram/definition';
import type { ExecutionHistory } from '../../../cli/history';
import { BatchFeed } from '../../../cli/web/batch-feed';
import { stateSights } from '../../../cli/web/states';
import { ARN, DEFINITION, events, START } from './records';

type Event = readonly [type: string, state: string, minutes: number];
const history = (arn: string, status: string, mapRun: string | undefined, ...all: Event[]) =>
  ({
    ...{ arn, status, mapRun },
    events: events(...all).map((one) => ({ ...one, timestamp: new Date(one.timestamp * 1000) })),
  }) as unknown as ExecutionHistory;
const root = (status: string, ...all: Event[]) =>
  history(
    ARN,
    status,
    undefined,
    ['TaskStateEntered', 'Check the input', 0],
    ['TaskStateExited', 'Check the input', 2],
    ...all,
  );
const IN_MAP: Event = ['MapStateEntered', 'For each application', 2];
const child = (name: string, status: string, run: string, ...all: Event[]) =>
  history(
    name,
    status,
    run,
    ['TaskStateEntered', 'Run event batches', all.length > 0 ? 3 : 4],
    ...all,
  );
const sights = (...all: ExecutionHistory[]) =>
  Object.fromEntries(
    stateSights(DEFINITION as unknown as AslGraph, all, START + 600_000).map((one) => [
      one.name,
      one,
    ]),
  );

it('knows every state, those of a Map with it', () => {
  const found = sights(root('RUNNING', IN_MAP), child('a', 'RUNNING', 'one'));
  expect(Object.keys(found)).toHaveLength(8);
  expect(found['Check the input']).toMatchObject({
    status: 'succeeded',
    attempts: 1,
    seconds: 120,
  });
  expect(found['Run event batches']).toMatchObject({
    ...{ within: 'For each application', status: 'running', running: 1, seconds: 360, to: null },
  });
  expect(found.Compare).toMatchObject({ status: 'not entered', from: null, attempts: 0 });
});

it('says that a gate waits', () => {
  const found = sights(root('RUNNING', ['TaskStateEntered', 'May it begin?', 2]));
  expect(found['May it begin?']!.status).toBe('waits');
});

it('counts children that failed beside those that run', () => {
  const failed = child('b', 'FAILED', 'one', ['ExecutionFailed', '', 4]);
  const found = sights(root('RUNNING', IN_MAP), failed, child('a', 'RUNNING', 'one'));
  expect(found['Run event batches']).toMatchObject({ status: 'running', running: 1, failed: 1 });
});

it('forgets a child that failed in an earlier Map Run: it has a successor', () => {
  const failed = child('b', 'FAILED', 'one', ['ExecutionFailed', '', 4]);
  const found = sights(root('RUNNING', IN_MAP), failed, child('a', 'RUNNING', 'two'));
  expect(found['Run event batches']).toMatchObject({ status: 'running', failed: 0 });
});

it.each([
  ['FAILED', 'ExecutionFailed', 'failed'],
  ['TIMED_OUT', 'ExecutionTimedOut', 'failed'],
  ['ABORTED', 'ExecutionAborted', 'stopped'],
])('says of an execution that is %s where it was', (status, type, expected) => {
  const found = sights(root(status, ['TaskStateEntered', 'Compare', 2], [type, '', 5]));
  expect(found.Compare).toMatchObject({ status: expected, seconds: 180 });
});

it('sees a state at work again after a redrive', () => {
  const found = sights(
    root(
      'RUNNING',
      ['TaskStateEntered', 'Compare', 2],
      ['ExecutionFailed', '', 3],
      ['ExecutionRedriven', '', 6],
    ),
  );
  expect(found.Compare).toMatchObject({ status: 'running', seconds: 300 });
});

describe('of a long run', () => {
  it('works out what an execution did once, as long as it has no news', () => {
    let walks = 0;
    const own = child('a', 'SUCCEEDED', 'one', ['TaskStateExited', 'Run event batches', 5]);
    const walked = Object.assign([...own.events], {
      [Symbol.iterator]: () => {
        walks++;
        return own.events[Symbol.iterator]();
      },
    });
    const all = [root('RUNNING', IN_MAP), { ...own, events: walked }];
    const first = sights(...all);
    expect(first['Run event batches']).toMatchObject({ attempts: 1, status: 'succeeded' });
    const before = walks;
    expect(before).toBeGreaterThan(0);
    expect(sights(...all)).toEqual(first);
    expect(walks).toBe(before);
    const more = [...own.events, ...child('a', 'RUNNING', 'one').events];
    expect(sights(all[0]!, { ...own, events: more })['Run event batches']!.attempts).toBe(2);
  });

  it('adds a stay without moving those before it', () => {
    const one = root(
      'RUNNING',
      ['TaskStateEntered', 'Compare', 2],
      ['TaskStateExited', 'Compare', 2],
    );
    const stay = one.events.slice(-2);
    const long = { ...one, events: Array.from({ length: 20_000 }, () => stay).flat() };
    const start = process.cpuUsage();
    expect(sights(long).Compare!.attempts).toBe(20_000);
    // A tenth of it on a quiet machine; copies of all stays at each one take a minute.
    expect(process.cpuUsage(start).user).toBeLessThan(10_000_000);
  });
});

describe('the feed of batches', () => {
  const one = {
    ...{ step: 'events', title: '1', attempt: 1, status: 'done' },
    ...{ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:01:00Z' },
  };

  it('gives each record once, in the order in which it was first seen', () => {
    const feed = new BatchFeed();
    feed.take([one]);
    feed.take([{ ...one, title: '0' }, one]);
    expect(feed.since(0).map(({ title }) => title)).toEqual(['1', '0']);
    expect(feed.since(1).map(({ title }) => title)).toEqual(['0']);
    expect(feed.since(feed.newest)).toEqual([]);
  });

  it('gives a record again that changed, under its key', () => {
    const feed = new BatchFeed();
    feed.take([one]);
    const [before] = feed.since(0);
    feed.take([{ ...one, status: 'failed', error: 'no disk' }]);
    expect(feed.since(1)).toEqual([{ ...before, status: 'failed', error: 'no disk' }]);
    expect(feed.since(0)).toHaveLength(1);
  });
});
