import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { foreignSfn, readObject } from '../shared/foreign-clients';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { sqlText } from '../shared/sql-files';
import { followSchema } from './core';
import type { FollowSchemaPayload } from './payload';

export const handler = taskHandler(
  (payload: FollowSchemaPayload, invocation) =>
    followSchema(
      payload,
      {
        ledger: ledgerFromEnv(),
        sfn: sfnClient(),
        clock: systemClock,
        foreignSfn,
        dataApi: dataApiFor,
        sqlText,
        readObject,
      },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
