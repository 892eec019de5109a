// `expect.json`: what a scenario wants to be true after the run, beside the run's own checks.

import type { Expectations } from './scenario';
import type { Summary } from './summary';

/** Runs a query that yields one value, on the warehouse, on a cluster of MySQL or in ClickHouse. */
export type Ask = (sql: string, cluster?: string) => Promise<unknown>;

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
  const look = async (name: string, equals: unknown, ...asked: Parameters<Ask>) => {
    const actual = await ask(...asked);
    if (String(actual) !== String(equals)) {
      found.push(`${name}: expected ${equals}, found ${actual}`);
    }
  };
  for (const { name, sql, equals } of expected.warehouse ?? []) await look(name, equals, sql);
  for (const { name, sql, equals } of expected.clickhouse ?? []) {
    await look(name, equals, sql, 'clickhouse');
  }
  for (const { name, sql, equals, cluster } of expected.mysql ?? []) {
    const there = typeof equals === 'object' ? await ask(equals.sql, equals.cluster) : equals;
    await look(name, there, sql, cluster);
  }
  return found;
}
