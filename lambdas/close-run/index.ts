import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { storeFromEnv } from '../shared/report/store';
import { endRun } from './core';
import type { CloseRunPayload } from './payload';

export const handler = taskHandler((payload: CloseRunPayload) =>
  endRun(payload, { ledger: ledgerFromEnv(), store: storeFromEnv, clock: systemClock }),
);
