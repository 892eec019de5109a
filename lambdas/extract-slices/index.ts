import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { connectMySql } from '../shared/mysql/connect';
import { sourceOf } from '../shared/rdw/tenant';
import { extractSlices } from './core';
import { objectsIn } from './objects';
import type { ExtractSlicesPayload } from './payload';
import { MySqlExports } from './server';

export const handler = taskHandler(
  (payload: ExtractSlicesPayload, invocation) => {
    const { source, tenant, runId } = payload;
    const open = () => connectMySql(sourceOf(source, tenant));
    return extractSlices(
      payload,
      {
        ledger: ledgerFromEnv(),
        sfn: sfnClient(),
        clock: systemClock,
        objects: objectsIn(tenant.bucket, source.region),
        server: new MySqlExports(open, runId, tenant),
      },
      invocation,
    );
  },
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
