// Verdicts of a phase: each is a check in the ledger, and those that are not ok are one error.

import { iso } from '../shared/clock';
import { ReconciliationError } from '../shared/errors';
import { runKey } from '../shared/ledger';
import { agree, inLine } from '../shared/rdw/compare';
import type { FactsByYear } from '../shared/rdw/facts';
import type { Caller } from '../shared/run';
import type { ReconcileDeps } from './deps';

export interface Verdict {
  /** Its name in the ledger, without blanks. */
  readonly key: string;
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
}

/** Two values that must be the same. */
export const same = (
  key: string,
  name: string,
  expected: string | number,
  actual: string | number,
): Verdict => ({
  key,
  name,
  expected: String(expected),
  actual: String(actual),
  ok: String(expected) === String(actual),
});

/** Two readings that must agree, a verdict a school year. */
export function sameFacts(
  key: string,
  name: string,
  expected: FactsByYear,
  actual: FactsByYear,
): Verdict[] {
  const years = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return years.map((year) => {
    const [one, other] = [expected[year], actual[year]];
    const ok = agree({ year: one ?? {} }, { year: other ?? {} });
    return {
      key: `${key}-${year}`,
      name: `${name}, ${year}`,
      expected: inLine(one),
      actual: inLine(other),
      ok,
    };
  });
}

/** Rows of a check file of `sql/`: name, expected, actual. */
export const fromRows = (
  key: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Verdict[] =>
  rows.map(({ name, expected, actual }) =>
    same(
      `${key}-${String(name).replaceAll(' ', '-')}`,
      String(name),
      String(expected),
      String(actual),
    ),
  );

/** Writes verdicts under an item of the report. */
export async function record(
  { ledger, clock }: ReconcileDeps,
  { runId }: Pick<Caller, 'runId'>,
  item: string,
  verdicts: readonly Verdict[],
): Promise<void> {
  const at = iso(clock.now());
  for (const { key, ...verdict } of verdicts) {
    await ledger.put(runKey(runId, `check#${item}#${key}`), { ...verdict, item, at });
  }
}

/** How many problems an error spells out. */
const SPELLED = 12;

/** The error of what does not agree: tenant, school year and column, and what to do. */
export function notReconciled(
  tenant: string,
  problems: readonly string[],
  todo: string,
): ReconciliationError {
  const more = problems.length - SPELLED;
  return new ReconciliationError(
    `tenant ${tenant}: ${problems.slice(0, SPELLED).join('; ')}${more > 0 ? `; and ${more} more` : ''}. ${todo}`,
  );
}

/** A verdict as part of an error. */
export const spelled = ({ name, expected, actual }: Verdict): string =>
  `${name}: expected ${expected}, found ${actual}`;
