import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { taskHandler } from '../shared/handler';
import { checkQuietRun } from './core';
import type { CheckQuietRunPayload } from './payload';

export const handler = taskHandler((payload: CheckQuietRunPayload) =>
  checkQuietRun(payload, { ledger: ledgerFromEnv(), sfn: sfnClient() }),
);
