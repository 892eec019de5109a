// First contact with every server; each that does not let us in is a finding, and all are tried.

import type { Connection } from 'mysql2/promise';
import { RunbookError } from '../shared/errors';
import type { Table } from '../shared/history/table';
import type { Replica } from '../shared/history/tables';

export interface ReachDeps {
  /** As the target's user. */
  connectReplica(at: Replica): Promise<Connection>;
}

/** What keeps us from the servers; empty: all are open. */
export async function unreached(
  { source, target, admin }: { source: Table; target: Table; admin: Table | undefined },
  replicas: readonly Replica[],
  deps: ReachDeps,
): Promise<string[]> {
  const found = await Promise.all([
    said('source', source.open()),
    said('target', target.open()),
    ...(admin ? [said('administrator of the target', admin.open())] : []),
    ...replicas.map((at) => said(`replica ${at.host}:${at.port}`, ended(deps.connectReplica(at)))),
  ]);
  return found.flatMap((one) => one ?? []);
}

async function said(who: string, connecting: Promise<unknown>): Promise<string | undefined> {
  try {
    await connecting;
    return undefined;
  } catch (error) {
    if (error instanceof RunbookError && error.family !== 'try again') {
      return `${who}: ${error.message}`;
    }
    throw error;
  }
}

const ended = async (connecting: Promise<Connection>): Promise<void> =>
  (await connecting).destroy();
