import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { awaitWrites } from './core';
import type { AwaitWritesPayload } from './payload';

export const handler = taskHandler((payload: AwaitWritesPayload, invocation) =>
  awaitWrites(
    payload,
    {
      ledger: ledgerFromEnv(),
      sfn: sfnClient(),
      clock: systemClock,
      sqlText,
      connect: connectMySql,
    },
    invocation,
  ),
);
