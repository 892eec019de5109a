import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { ingestionClients } from '../shared/ingestion/clients';
import { refreshIngestion } from './core';
import type { RefreshIngestionPayload } from './payload';

export const handler = taskHandler((payload: RefreshIngestionPayload, invocation) =>
  refreshIngestion(
    payload,
    { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, clients: ingestionClients },
    invocation,
  ),
);
