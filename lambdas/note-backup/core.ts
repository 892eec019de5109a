// Writes down where a proven backup is: the way back begins there, and a run that is continued takes no other.

import { type BackupRecord, backupKey } from '../shared/aspects/backup';
import { type Clock, iso } from '../shared/clock';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { NoteBackupPayload } from './payload';

/** The first one counts; asking twice keeps it. */
export async function noteBackup(
  payload: NoteBackupPayload,
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
): Promise<BackupRecord> {
  const { runId, id, folder, files } = payload;
  await ownRun(ledger, payload);
  const record: BackupRecord = { id, folder, files, provenAt: iso(clock.now()) };
  await ledger.put(backupKey(runId), record, 'absent');
  return (await ledger.get<BackupRecord>(backupKey(runId)))!;
}
