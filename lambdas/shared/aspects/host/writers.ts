// Whether what was held is held still. A redrive begins at the state that failed, behind the one that holds: by then
// somebody may have started everything.

import { ClickHouseBackupError, HostUnreachableError } from '../../errors';
import type { HostRef } from '../../host/ref';
import { FEEDING } from './facts';
import { type LookDeps, look } from './look';

/** Whose host; a definition of an earlier release names none. */
export interface WritersOf {
  readonly runId: string;
  readonly host?: HostRef;
  readonly mode?: string;
}

/** Services that write into ClickHouse now; none where no host is named. */
export async function writersNow(
  { runId, host, mode }: WritersOf,
  deps: LookDeps,
): Promise<readonly string[]> {
  if (host === undefined) return [];
  const variables = { MODE: mode ?? 'local', SERVICES: FEEDING.join(' ') };
  const seen = await look(
    host,
    'aspects/inspect-stop-ingestion',
    variables,
    `${runId}-writers`,
    deps,
  );
  if (Array.isArray(seen.still)) return seen.still.map(String);
  throw new HostUnreachableError(
    `instance ${host.instanceId} did not say whether ingestion is held: redrive, it is asked again`,
  );
}

/** @throws ClickHouseBackupError where something writes */
export async function noWriters(writing: () => Promise<readonly string[]>): Promise<void> {
  const now = await writing();
  if (now.length === 0) return;
  throw new ClickHouseBackupError(
    `${now.join(', ')} run again and write into ClickHouse, though ingestion was held: somebody has started them. Nothing was ` +
      `begun. Stop them (tutor local stop ${now.join(' ')}, or no replicas on Kubernetes), then redrive`,
  );
}
