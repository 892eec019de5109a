import { preflightAspects } from '../preflight-aspects/core';
import { lookAtHost } from '../shared/aspects/host/look';
import type { Release } from '../shared/aspects/versions';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv, perRegion } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { SystemsManager } from '../shared/host/ssm';
import { sqlText } from '../shared/sql-files';
import { discoverAspects } from './core';
import type { DiscoverAspectsPayload } from './payload';

const ssm = perRegion(({ region }) => new SystemsManager(region));
const modelOf = ({ dbt, alembic }: Release) => ({ dbt, alembic });

export const handler = taskHandler((payload: DiscoverAspectsPayload, { remainingMs }) =>
  discoverAspects(payload, {
    ledger: ledgerFromEnv(),
    lookAtHost: () =>
      lookAtHost(payload.host, payload.mode, `${payload.runId}-discover`, {
        ssm,
        clock: systemClock,
        remainingMs,
      }),
    lookAtClickHouse: (installed, target) =>
      preflightAspects(
        { ...payload, installed: modelOf(installed), target: modelOf(target) },
        { connect: connectClickHouse, sqlText },
      ),
  }),
);
