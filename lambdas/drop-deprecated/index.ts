import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { dropDeprecated } from './core';
import type { DropDeprecatedPayload } from './payload';

export const handler = taskHandler((payload: DropDeprecatedPayload) =>
  dropDeprecated(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    connect: connectClickHouse,
    sqlText,
  }),
);
