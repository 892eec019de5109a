import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { sqlText } from '../shared/sql-files';
import { verifySchema } from './core';
import type { VerifySchemaPayload } from './payload';

export const handler = taskHandler(
  (payload: VerifySchemaPayload) =>
    verifySchema(payload, {
      ledger: ledgerFromEnv(),
      sfn: sfnClient(),
      clock: systemClock,
      dataApi: dataApiFor,
      sqlText,
    }),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
