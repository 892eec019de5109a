import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { readLegacyObjects } from './core';
import type { ReadLegacyObjectsPayload } from './payload';

export const handler = taskHandler((payload: ReadLegacyObjectsPayload) =>
  readLegacyObjects(payload, {
    ledger: ledgerFromEnv(),
    sfn: sfnClient(),
    clock: systemClock,
    dataApi: dataApiFor,
    sqlText,
  }),
);
