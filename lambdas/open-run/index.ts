import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { openRun } from './core';
import type { OpenRunPayload } from './payload';

export const handler = taskHandler((payload: OpenRunPayload) =>
  openRun(payload, { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock }),
);
