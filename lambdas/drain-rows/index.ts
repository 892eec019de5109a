import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { drainRows } from './core';
import type { DrainRowsPayload } from './payload';

export const handler = taskHandler((payload: DrainRowsPayload, invocation) =>
  drainRows(
    payload,
    {
      ledger: ledgerFromEnv(),
      sfn: sfnClient(),
      clock: systemClock,
      sqlText,
      connect: connectMySql,
      connectReplica: (at) => connectMySql(payload.target, at),
    },
    invocation,
  ),
);
