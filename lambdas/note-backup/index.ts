import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteBackup } from './core';
import type { NoteBackupPayload } from './payload';

export const handler = taskHandler((payload: NoteBackupPayload) =>
  noteBackup(payload, { ledger: ledgerFromEnv(), clock: systemClock }),
);
