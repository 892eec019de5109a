import { ledgerFromEnv } from '../shared/clients';
import { taskHandler } from '../shared/handler';
import { readHeld } from './core';
import type { ReadHeldPayload } from './payload';

export const handler = taskHandler((payload: ReadHeldPayload) =>
  readHeld(payload, { ledger: ledgerFromEnv() }),
);
