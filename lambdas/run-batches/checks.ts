import { iso } from '../shared/clock';
import type { Row } from '../shared/data-api';
import { runKey } from '../shared/ledger';
import type { Session } from './session';

/**
 * Writes the rows of a check statement to the ledger.
 *
 * @returns the checks that failed, as operators read them
 */
export async function recordChecks(session: Session, rows: readonly Row[]): Promise<string[]> {
  const { payload, deps } = session;
  const failed: string[] = [];
  for (const row of rows) {
    const name = String(row.name);
    const expected = String(row.expected);
    const actual = String(row.actual);
    const ok = expected === actual;
    if (!ok) failed.push(`${name}: expected ${expected}, found ${actual}`);
    const key = runKey(payload.runId, `check#${payload.item?.key ?? '-'}#${name}`);
    await deps.ledger.put(key, {
      name,
      item: payload.item?.key,
      expected,
      actual,
      ok,
      at: iso(deps.clock.now()),
    });
  }
  return failed;
}
