// Two readings of facts side by side. Messages name tenant, school year and column, and never a row: counts
// are shown, sums are not, because two sums that differ by one row tell a student's score. Pure.

import { createHash } from 'node:crypto';
import { COUNTS, type Column, type Facts, type FactsByYear } from './facts';
import { FEW } from './sealed';

/** A value that two readings do not agree on. */
export interface Difference {
  readonly year: string;
  readonly column: Column;
  readonly expected: string;
  readonly actual: string;
}

/** What a person reads of a column. */
const MEANING: Record<Column, string> = {
  n: 'number of rows',
  exams: 'number of exams',
  s_id: 'sum of id',
  s_level: 'sum of performance_level',
  s_score: 'sum of scale_score',
  s_completed: 'sum of completed_at',
  s_updated: 'sum of updated',
  fp: 'fingerprint of all columns',
  seal: 'content of the rows',
};

/** All values that differ, by year and column; none when the readings agree. */
export function differences(expected: FactsByYear, actual: FactsByYear): Difference[] {
  const years = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return years.flatMap((year) => {
    const columns = Object.keys({ ...expected[year], ...actual[year] }) as Column[];
    return columns
      .map((column) => ({
        year,
        column,
        expected: expected[year]?.[column] ?? '0',
        actual: actual[year]?.[column] ?? '0',
      }))
      .filter((one) => one.expected !== one.actual);
  });
}

export const agree = (expected: FactsByYear, actual: FactsByYear): boolean =>
  differences(expected, actual).length === 0;

/** `school year 2021: number of rows (n) is 12 instead of 13, sum of id (s_id) differs`, a line a year. */
export function described(found: readonly Difference[]): string[] {
  const years = [...new Set(found.map(({ year }) => year))];
  return years.map((year) => {
    const columns = found
      .filter((one) => one.year === year)
      .map(({ column, expected, actual }) => {
        const what = COUNTS.includes(column) ? `is ${actual} instead of ${expected}` : 'differs';
        return `${MEANING[column]} (${column}) ${what}`;
      });
    return `school year ${year}: ${columns.join(', ')}`;
  });
}

/** What is shown of so few rows that more would tell a student's score. */
export const NOT_SHOWN = `fewer than ${FEW} rows: compared, not shown`;

/** One reading of a year on one line, as checks hold it. */
export function inLine(facts: Facts | undefined): string {
  if (facts === undefined) return 'no rows';
  const counts = COUNTS.filter((column) => facts[column] !== undefined);
  const shown = counts.map((column) => `${facts[column]} ${column === 'n' ? 'rows' : column}`);
  const rest =
    Math.abs(Number(facts.n ?? 0)) < FEW
      ? NOT_SHOWN
      : `checksum ${checksum(Object.entries(facts).sort().join(' '))}`;
  return [...shown, rest].join(', ');
}

/** Twelve digits that tell two texts apart. */
const checksum = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);
