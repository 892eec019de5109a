// Sessions of the regular job in Redshift: a statement may outlive the pod that sent it. Only superusers see
// those of others; whoever is none goes on without having seen them, and the report says so.

import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { StatementStoppedError } from '../shared/errors';
import { runKey } from '../shared/ledger';
import { noteWarehouse, reader } from '../shared/read';
import type { SqlSource } from '../shared/sql';
import type { WaitDeps } from '../shared/waiting';
import type { AwaitMigratePayload } from './payload';

/** As its connections call themselves. */
const APPLICATION = 'rdw-ingest-migrate-olap';

interface SessionDeps extends WaitDeps {
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

/** Ids of open sessions. */
export async function openSessions(
  payload: Pick<AwaitMigratePayload, 'warehouse' | 'runId' | 'step' | 'selfArn' | 'rootArn'>,
  deps: SessionDeps,
): Promise<string[]> {
  const { runId, step, warehouse } = payload;
  await noteWarehouse(deps.ledger, runId, warehouse);
  const read = reader(deps.dataApi(warehouse), deps, payload);
  try {
    const parameters = { application: APPLICATION };
    const rows = await read({ file: 'rdw/open-sessions' }, { parameters });
    return rows.map(({ session_id }) => String(session_id));
  } catch (error) {
    if (!(error instanceof StatementStoppedError)) throw error;
    await deps.ledger.put(runKey(runId, `note#${step}#sessions`), {
      text:
        `Whether a session of ${APPLICATION} is still open in Redshift could not be seen: the views sys_connection_log and sys_session_history show others' sessions ` +
        'to superusers only. That no pod and no started job was left was seen',
    });
    return [];
  }
}
