// Disk: every new relation is built beside the old one, and the event tables are copied when they are swapped.

import { REBUILT_EVENTS, RENAME_TABLE, roleName } from '../../shared/aspects/relations';
import type { Seen } from './look';

/** Free space that is asked for, as a part of what will be there twice. */
const ROOM = 1.5;

const GIB = 1_073_741_824;

export interface Room {
  readonly free: number;
  readonly needed: number;
  readonly findings: readonly string[];
}

export async function roomFindings({ server, catalogue, sizes }: Seen): Promise<Room> {
  const names = [
    ...REBUILT_EVENTS.map((name) => `xapi.${name}`),
    ...RENAME_TABLE.filter(({ old }) => old.kind === 'mv').map(({ old }) => roleName(old)),
  ];
  const bytes = names.flatMap((name) => {
    const found = catalogue.get(name);
    return found ? [sizes.get(`${found.database}.${found.name}`) ?? 0] : [];
  });
  const needed = Math.ceil(ROOM * bytes.reduce((a, b) => a + b, 0));
  const disks = await server.rows('disks');
  const left = disks.map(({ name, free, unreserved, keep_free }) => ({
    name: String(name),
    free: Math.min(Number(free), Number(unreserved)) - Number(keep_free),
  }));
  const free = Math.max(0, ...left.map((disk) => disk.free));
  const findings =
    free < needed
      ? [
          `the disks of ClickHouse (${left.map((disk) => disk.name).join(', ')}) have ${gib(free)} GiB free; allowed is at least ${gib(needed)} GiB, ${ROOM} times the tables that are built anew: give it more, CLICKHOUSE_K8S_VOLUME_SIZE on Kubernetes`,
        ]
      : [];
  return { free, needed, findings };
}

const gib = (bytes: number): string => (bytes / GIB).toFixed(2);
