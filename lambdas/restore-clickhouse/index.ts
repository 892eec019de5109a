import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { restoreClickHouse } from './core';
import type { RestoreClickHousePayload } from './payload';

export const handler = taskHandler((payload: RestoreClickHousePayload, invocation) =>
  restoreClickHouse(
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
