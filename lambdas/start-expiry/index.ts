import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { startExpiry } from './core';
import type { StartExpiryPayload } from './payload';

export const handler = taskHandler((payload: StartExpiryPayload) =>
  startExpiry(payload, { ledger: ledgerFromEnv(), sfn: sfnClient(), now: systemClock.now }),
);
