import { lookAtHost } from '../shared/aspects/host/look';
import { readInstalled } from '../shared/aspects/server/state';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { withClickHouse } from '../shared/clickhouse/server';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { runCommandIn } from '../shared/host/clients';
import { sqlText } from '../shared/sql-files';
import { readUpgrade } from './core';
import type { ReadUpgradePayload } from './payload';

export const handler = taskHandler((payload: ReadUpgradePayload, { remainingMs }) =>
  readUpgrade(payload, {
    ledger: ledgerFromEnv(),
    lookAtHost: () =>
      lookAtHost(payload.host, payload.mode, `${payload.runId}-way-back`, {
        ssm: runCommandIn,
        clock: systemClock,
        remainingMs,
      }),
    lookAtServer: () =>
      withClickHouse(payload, { connect: connectClickHouse, sqlText }, async (server) => ({
        version: String((await server.row('server')).version),
        alembic: (await readInstalled(server)).alembic,
      })),
  }),
);
