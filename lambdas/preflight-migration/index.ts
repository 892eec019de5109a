import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { preflightMigration } from './core';
import type { PreflightMigrationPayload } from './payload';

export const handler = taskHandler((payload: PreflightMigrationPayload) =>
  preflightMigration(payload, {
    ledger: ledgerFromEnv(),
    sfn: sfnClient(),
    clock: systemClock,
    dataApi: dataApiFor,
    sqlText,
  }),
);
