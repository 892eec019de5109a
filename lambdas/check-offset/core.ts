// Proves what the migrations have made, and settles from where on ids are live ones.

import { HistoryTableError } from '../shared/errors';
import { offsetFor } from '../shared/history/assess';
import { check, note } from '../shared/history/checks';
import { shapeOf, sourceFindings, targetFindings } from '../shared/history/ddl';
import { text as idText } from '../shared/history/ends';
import { holdOffset, standing } from '../shared/history/offset';
import { switchWrites } from '../shared/history/questions';
import type { Table } from '../shared/history/table';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { ownRun } from '../shared/runs';
import type { CheckOffsetPayload, CheckOffsetResult } from './payload';

export async function checkOffset(
  payload: CheckOffsetPayload,
  deps: HistoryDeps,
): Promise<CheckOffsetResult> {
  const { ledger, clock } = deps;
  const { runId, admin, rowsPerHour } = payload;
  await ownRun(ledger, payload);
  return withTables(payload, deps, async (source, target) => {
    await proveTables(source, target);
    const offset = offsetFor(payload.offset, rowsPerHour);
    const held = await holdOffset({ source, target, runId, admin, offset }, deps);
    const { source: ends } = await standing(source, target, ledger, runId);
    await check(ledger, runId, clock.now(), {
      name: 'ids of new rows are above those of old ones',
      expected: `from ${held.cut} on`,
      actual: `the old table ends at ${ends.max ?? 'no row'}`,
      ok: true,
    });
    const text = held.live
      ? `${target.name} has live rows from ${held.cut} on already; the copy neither reads nor writes them`
      : `new rows of ${target.name} get ids from ${held.cut} on: about ${held.offset} ids are free for rows that the old table gets until the writes have moved`;
    await note(ledger, runId, 'cut', text);
    return {
      cut: held.cut,
      maxId: idText(ends.max),
      live: held.live,
      question: switchWrites(payload.target, payload.runtimeUser, held.cut),
    };
  });
}

/** Both tables, whatever a person said at the gate. */
async function proveTables(source: Table, target: Table): Promise<void> {
  const old = await shapeOf(source);
  const made = await shapeOf(target);
  const findings = [
    ...(old ? sourceFindings(old) : [`${source.name} is not there`]),
    ...(made ? [] : [`${target.name} is not there: run the four migrations of gate migrations`]),
    ...(old && made ? targetFindings(old, made) : []),
  ];
  if (findings.length === 0) return;
  throw new HistoryTableError(
    `${findings.length} finding(s): ${findings.map((f, i) => `(${i + 1}) ${f}`).join('; ')}. ` +
      'Nothing was changed. Repair them and redrive this execution',
  );
}
