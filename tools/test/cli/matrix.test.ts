import { compare, faultsFor } from '../../cli/matrix';
import type { Played } from '../../cli/rehearse';

const call = (operation: string) => ({ task: 'RunBatches', service: 'dynamodb', operation });

function played(change: Partial<Played['summary']> = {}): Played {
  const summary = {
    status: 'SUCCEEDED',
    checks: [{ name: 'users', item: 'shop', expected: '5', actual: '5', ok: true }],
    batches: [{ step: 'events', title: '5 days', attempt: 1, status: 'done', rows: 10 }],
    ...change,
  } as Played['summary'];
  return { summary, differences: [], calls: [] };
}

it('breaks every call that changes something in each way, by its place among its like', () => {
  const faults = faultsFor([call('PutItem'), call('GetItem'), call('PutItem')]);
  expect(faults).toHaveLength(8);
  expect(faults).toContain(
    'kind=lost-answer,service=dynamodb,operation=PutItem,task=RunBatches,nth=2',
  );
});

it('finds a redriven run the same, whatever attempts it took', () => {
  const failed = { step: 'events', title: '5 days', attempt: 1, status: 'failed' };
  const done = { step: 'events', title: '5 days', attempt: 2, status: 'done', rows: 10 };
  expect(compare(played(), played({ batches: [failed, done] }))).toEqual([]);
});

test.each([
  ['a run that did not end well', { status: 'FAILED', error: 'E', cause: 'c' }, /FAILED: E: c/],
  ['a batch that was lost', { batches: [] }, /without batch events - 5 days: 10 rows/],
  [
    'a batch that was done twice',
    { batches: [...played().summary.batches, ...played().summary.batches] },
    /done twice/,
  ],
])('finds %s different', (_, change, message) => {
  expect(compare(played(), played(change)).join()).toMatch(message);
});
