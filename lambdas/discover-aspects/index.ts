import { lookAtHost } from '../shared/aspects/host/look';
import type { Release } from '../shared/aspects/versions';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { runCommandIn } from '../shared/host/clients';
import { sqlText } from '../shared/sql-files';
import { lookAtClickHouse } from './clickhouse/look';
import { discoverAspects } from './core';
import type { DiscoverAspectsPayload } from './payload';

const modelOf = ({ dbt, alembic }: Release) => ({ dbt, alembic });

export const handler = taskHandler((payload: DiscoverAspectsPayload, { remainingMs }) =>
  discoverAspects(payload, {
    ledger: ledgerFromEnv(),
    lookAtHost: () =>
      lookAtHost(payload.host, payload.mode, `${payload.runId}-discover`, {
        ssm: runCommandIn,
        clock: systemClock,
        remainingMs,
      }),
    lookAtClickHouse: (installed, target) =>
      lookAtClickHouse(
        { ...payload, installed: modelOf(installed), target: modelOf(target) },
        { connect: connectClickHouse, sqlText },
      ),
  }),
);
