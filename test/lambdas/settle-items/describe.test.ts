import { describe as describeLeft } from '../../../lambdas/settle-items/describe';

const keys = (count: number, length = 8) =>
  Array.from({ length: count }, (_, i) => `k${i}`.padEnd(length, '-'));

it('names at most 20 items with at most 500 characters of cause, and the others by key', () => {
  const text = describeLeft(keys(22), 30, () => 'x'.repeat(2_000));
  expect(text).toMatch(
    /^22 of 30 items are not done; a redrive starts only these\. k0-{6}: x{500} \| /,
  );
  expect(text.match(/x{500}/g)).toHaveLength(20);
  expect(text).not.toMatch(/x{501}/);
  expect(text).toMatch(/ \| and: k20-----, k21-----$/);
});

it.each([
  [1_000, 8],
  [40, 2_000],
  [10_000, 127],
])('stays below 16,000 characters for %i items with keys of %i', (count, length) => {
  const text = describeLeft(keys(count, length), count, () => 'x'.repeat(2_000));
  expect(text.length).toBeLessThan(16_000);
  expect(text).toMatch(new RegExp(`^${count} of ${count} items`));
});

it('says how many keys have found no room', () => {
  const text = describeLeft(keys(10_000, 100), 10_000, () => 'x');
  const named = text.match(/k\d+-+/g)!.length;
  expect(text).toMatch(new RegExp(` and ${10_000 - named} more$`));
});
