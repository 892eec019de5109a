// `expect.json`: what a scenario wants to be true after the run, beside the run's own checks.

import type { Expectations } from './scenario';
import type { Summary } from './summary';

/** Runs a query that yields one value. */
export type Ask = (sql: string) => Promise<unknown>;

/** What differs from the expectations, as sentences. */
export async function differences(
  expected: Expectations,
  summary: Pick<Summary, 'status' | 'error' | 'redriveCount'>,
  ask: Ask,
): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['status', 'error', 'redriveCount'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== summary[name]) {
      found.push(`${name}: expected ${wanted}, found ${summary[name]}`);
    }
  }
  for (const { name, sql, equals } of expected.warehouse ?? []) {
    const actual = await ask(sql);
    if (String(actual) !== String(equals)) {
      found.push(`${name}: expected ${equals}, found ${actual}`);
    }
  }
  return found;
}
