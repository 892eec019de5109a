// Rates of the Data API on virtual time. Nothing here needs a database.

import { VirtualClock } from '../../rehearsal/clock';
import { RedshiftDataService } from '../../rehearsal/services/redshift-data';

const clock = new VirtualClock(Date.UTC(2026, 0, 5, 9));
afterAll(() => clock.stop());

/** Codes of so many calls at once; each is refused for its input at the latest. */
async function codes(service: RedshiftDataService, operation: string, count: number) {
  const all = Array.from({ length: count }, () =>
    service
      .call({ operation, input: { Id: 1 }, authorize: () => {} } as never)
      .catch((error: { code: string; status: number }) => `${error.code} ${error.status}`),
  );
  return (await Promise.all(all)).map((code) => code === 'ThrottlingException 400');
}

const service = (throttling?: boolean) =>
  new RedshiftDataService({ clock, warehouses: [], publish: () => {}, throttling });

test.each([
  ['ExecuteStatement', 30],
  ['BatchExecuteStatement', 20],
  ['DescribeStatement', 100],
  ['GetStatementResult', 20],
  ['CancelStatement', 3],
  ['ListStatements', 3],
])('%s takes %d calls a second and refuses more', async (operation, rate) => {
  const data = service(true);
  const answered = Array(rate).fill(false);
  expect(await codes(data, operation, rate + 2)).toEqual([...answered, true, true]);
  await clock.sleep(1000);
  expect(await codes(data, operation, rate + 1)).toEqual([...answered, true]);
});

test('a call is free as soon as its share of the second is over, each operation for itself', async () => {
  const data = service(true);
  expect(await codes(data, 'ListStatements', 4)).toEqual([false, false, false, true]);
  expect(await codes(data, 'CancelStatement', 1)).toEqual([false]);
  await clock.sleep(300);
  expect(await codes(data, 'ListStatements', 1)).toEqual([true]);
  await clock.sleep(34);
  expect(await codes(data, 'ListStatements', 2)).toEqual([false, true]);
});

test('nothing is saved up in a quiet hour', async () => {
  const data = service(true);
  await codes(data, 'ListStatements', 1);
  await clock.sleep(3_600_000);
  expect(await codes(data, 'ListStatements', 4)).toEqual([false, false, false, true]);
});

test('without the switch nothing is refused', async () => {
  expect(await codes(service(), 'ListStatements', 50)).toEqual(Array(50).fill(false));
});
