import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { reconcile } from './core';
import type { ReconcilePayload } from './payload';

export const handler = taskHandler(
  (payload: ReconcilePayload, invocation) =>
    reconcile(
      payload,
      {
        ledger: ledgerFromEnv(),
        sfn: sfnClient(),
        clock: systemClock,
        dataApi: dataApiFor,
        sqlText,
        connect: connectMySql,
      },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
