import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { readObject } from '../shared/foreign-clients';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { readBackup } from './core';
import type { ReadBackupPayload } from './payload';

export const handler = taskHandler(
  (payload: ReadBackupPayload) => readBackup(payload, { ledger: ledgerFromEnv(), readObject }),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
