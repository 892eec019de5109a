import { copyFinding, forecastOf, MANY_EVENTS } from '../../../lambdas/discover-aspects/forecast';

const SIZES = { events: 12_000_000, freeBytes: 80 * 2 ** 30, neededBytes: 20 * 2 ** 30 };

it('asks for a run on a copy above ten million events, and not below', () => {
  expect(copyFinding({ events: MANY_EVENTS + 1 }, null)).toEqual([
    expect.stringMatching(/upgrade a copy .* first/),
  ]);
  expect(copyFinding({ events: MANY_EVENTS }, null)).toEqual([]);
});

it.each([
  { reportOf: 'run-20260131-0a1b2c3d4e', minutes: 95 },
  { without: 'the staging host is too small' },
])('is content with %j', (copy) => {
  expect(copyFinding(SIZES, copy)).toEqual([]);
});

it('forecasts what a copy took, and never a figure nobody has measured', () => {
  expect(forecastOf(SIZES, { reportOf: 'run-20260131-0a1b2c3d4e', minutes: 95 })).toMatch(
    /took 95 minutes \(run run-2026/,
  );
  expect(forecastOf(SIZES, null)).toMatch(
    /nobody has measured how long it takes here; ClickHouse needs 20\.0 GiB and has 80\.0/,
  );
  expect(forecastOf(SIZES, { without: 'the staging host is too small' })).toMatch(
    /because: the staging host is too small/,
  );
});
