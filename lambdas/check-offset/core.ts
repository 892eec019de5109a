// Proves what the migrations have made, and settles from where on ids are live ones: before anything is
// copied, each time right before people are asked to move the writes, and once more when they have.

import { iso } from '../shared/clock';
import { HistoryTableError } from '../shared/errors';
import { approvedHash } from '../shared/gates';
import { offsetFor } from '../shared/history/assess';
import { check, note } from '../shared/history/checks';
import { shapeOf, sourceFindings, targetFindings } from '../shared/history/ddl';
import { text as idText } from '../shared/history/ends';
import { holdOffset } from '../shared/history/offset';
import { switchWrites } from '../shared/history/questions';
import { standing } from '../shared/history/standing';
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
    const ahead = payload.approved === null;
    const held = await holdOffset({ source, target, runId, admin, offset, ahead }, deps);
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
    const approve = { from: source.name, to: target.name, cut: held.cut };
    const changed = payload.approved !== null && payload.approved !== approvedHash(approve);
    return {
      status: changed ? 'changed' : 'held',
      redriveCount: payload.redriveCount,
      cut: held.cut,
      maxId: idText(ends.max),
      live: held.live,
      question: switchWrites({
        ...payload,
        cut: held.cut,
        maxId: idText(ends.max),
        until: held.live ? null : until(held.cut, ends.max, rowsPerHour, clock.now()),
      }),
    };
  });
}

/** When the old table comes to the cut at this rate; null: at none. */
function until(cut: string, max: bigint | null, rowsPerHour: number, now: number): string | null {
  if (rowsPerHour <= 0) return null;
  const hours = Number(BigInt(cut) - (max ?? 0n)) / rowsPerHour;
  // Beyond what a date can say it is for ever.
  return hours < 24 * 365 * 100 ? iso(now + hours * 3_600_000) : null;
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
