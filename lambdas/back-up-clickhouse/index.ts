import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { backUpClickHouse } from './core';
import type { BackUpClickHousePayload } from './payload';

export const handler = taskHandler((payload: BackUpClickHousePayload, invocation) =>
  backUpClickHouse(
    payload,
    {
      ledger: ledgerFromEnv(),
      sfn: sfnClient(),
      clock: systemClock,
      connect: connectClickHouse,
      sqlText,
    },
    invocation,
  ),
);
