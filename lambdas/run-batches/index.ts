import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { anyObject, readObject } from '../shared/foreign-clients';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { sqlText } from '../shared/sql-files';
import { runBatches } from './core';
import type { RunBatchesPayload } from './payload';

export const handler = taskHandler(
  (payload: RunBatchesPayload, invocation) =>
    runBatches(
      payload,
      {
        ledger: ledgerFromEnv(),
        sfn: sfnClient(),
        clock: systemClock,
        dataApi: dataApiFor,
        sqlText,
        readObject,
        anyObject,
      },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
