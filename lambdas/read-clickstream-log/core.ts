// The last word of clickstream_log_v2 on every part of the migration. `backfill all end` is never
// asked for: it is written even when users or sessions failed.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { timestamp } from '../run-batches/plan';
import type { Clock } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { ProcedureFailedError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import { reader } from '../shared/read';
import { ownRun } from '../shared/runs';
import type { SqlSource } from '../shared/sql';
import type { ReadClickstreamLogPayload, ReadClickstreamLogResult } from './payload';

export interface ReadLogDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

const PARTS = [
  'sp_migrate_event_to_v2',
  'sp_migrate_user_to_v2',
  'sp_migrate_item_to_v2',
  'sp_migrate_session_to_v2',
];

export async function readClickstreamLog(
  payload: ReadClickstreamLogPayload,
  deps: ReadLogDeps,
): Promise<ReadClickstreamLogResult> {
  const run = await ownRun(deps.ledger, payload);
  const read = reader(deps.dataApi(payload.warehouse), deps, payload);
  // An hour earlier: the log is stamped by the warehouse's clock, the run by ours.
  const since = timestamp(Date.parse(run.startedAt) - 3_600_000);
  const rows = await read('read-log-ends', {
    ids: { schema: payload.schema },
    parameters: { since },
  });
  const byName = new Map(rows.map((row) => [String(row.name), row]));
  const silent = PARTS.filter((part) => !byName.get(part)?.last_end);
  if (silent.length > 0) {
    throw new ProcedureFailedError(
      `${silent.join(', ')} left no end row in the log, although each call was seen to end: was the log cleared? ` +
        'If so, give this run up with the release machine and start a new execution; the procedures take only what is missing',
    );
  }
  // Each call of ours was judged when it ended; an error after the last end is somebody else's.
  const strange = PARTS.map((part) => byName.get(part)!).filter(
    (row) => row.last_error && row.last_error > row.last_end!,
  );
  const note = (name: string, text: string) =>
    deps.ledger.put(runKey(payload.runId, `note#${payload.item?.key ?? '-'}#${name}`), { text });
  if (strange.length > 0) {
    const rows = strange.map((row) => `${row.name} at ${row.last_error}: ${row.message}`);
    await note(
      'errors-after-end',
      `the log has errors after the last end of our calls, so somebody else called: ${rows.join('; ')}`,
    );
  }
  const liveLoadErrors = rows
    .filter((row) => String(row.name).startsWith('sp_merge_'))
    .reduce((sum, row) => sum + Number(row.errors), 0);
  if (liveLoadErrors > 0) {
    await note(
      'live-loads',
      `${liveLoadErrors} live load(s) failed while the migration ran, and their files were forgotten: ` +
        'look for level error of sp_merge_event_v2 in clickstream_log_v2 and queue the named manifests again',
    );
  }
  return { ended: PARTS, liveLoadErrors };
}
