import { lastLines } from '../../../lambdas/run-batches/evidence';

const row = (id: number, message: string | null, logged_at: string) => {
  return { id, level: 'info', message, logged_at };
};
const baseline = { since: '2026-01-31 10:00:00', ids: ['1'] };

it('keeps the last five lines of the statement, oldest first, and no line from before it', () => {
  const rows = [
    row(1, 'of the call before', '2026-01-31 10:00:00'),
    ...Array.from({ length: 7 }, (_, i) => row(i + 2, `line ${i}`, `2026-01-31 10:00:0${i}`)),
    { id: null, level: 'clock', message: null, logged_at: '2026-01-31 10:00:09' },
  ];
  expect(lastLines(baseline, rows).map(({ message }) => message)).toEqual(
    [2, 3, 4, 5, 6].map((n) => `line ${n}`),
  );
  expect(lastLines(baseline, rows.slice(0, 1))).toEqual([]);
});

it('cuts long messages and has a word for those that are null', () => {
  const rows = [
    row(2, 'x'.repeat(400), '2026-01-31 10:00:01'),
    row(3, null, '2026-01-31 10:00:02'),
  ];
  const [long, none] = lastLines(baseline, rows);
  expect(long).toEqual({
    level: 'info',
    message: 'x'.repeat(300),
    loggedAt: '2026-01-31 10:00:01',
  });
  expect(none!.message).toBe('(no message)');
});
