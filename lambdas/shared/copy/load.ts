// How busy the servers are, as they tell it themselves.

import type { Row, Session } from './session';
import type { Load } from './throttle';
import { isDenied, isMissingTable, isSyntax } from './trouble';

/** Free storage changes slowly, and asking for it costs. */
const STORAGE_MS = 60_000;

export interface LoadDeps {
  now(): number;
  /** Sessions of the configured replicas. */
  replicas(): Promise<readonly { readonly name: string; readonly session: Session }[]>;
  /** Free storage of the target; undefined where it has no limit. */
  freeGiB(): Promise<number | undefined>;
}

export class LoadWatch {
  /** What cannot be looked at, and why. */
  readonly blind = new Map<string, string>();
  private aurora = true;
  private free: { readonly at: number; readonly gib: number | undefined } | undefined;

  constructor(private readonly deps: LoadDeps) {}

  /**
   * @param servers one session of each server that copies
   * @param storage whether its free part counts
   */
  async look(servers: readonly Session[], commitMs: number, storage: boolean): Promise<Load> {
    const [threads, lists, lagSeconds, freeGiB] = await Promise.all([
      Promise.all(servers.map((session) => session.row('threads-running'))),
      Promise.all(servers.map((session) => this.historyList(session))),
      this.lag(servers),
      storage ? this.storage() : undefined,
    ]);
    return {
      threads: Math.max(...threads.map((row) => Number(row?.Value ?? 0))),
      historyList: Math.max(...lists.map((length) => length ?? 0)),
      lagSeconds,
      freeGiB,
      commitMs,
    };
  }

  private async historyList(session: Session): Promise<number | undefined> {
    if (this.blind.has('history list')) return undefined;
    try {
      return Number((await session.row('history-list'))?.length ?? 0);
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.blind.set('history list', 'the user lacks the right PROCESS');
      return undefined;
    }
  }

  /** Aurora tells of its readers itself; other servers are asked one by one. */
  private async lag(servers: readonly Session[]): Promise<number | undefined> {
    const readers = await this.auroraLag(servers[0]!);
    const replicas = await this.deps.replicas();
    const seconds = await Promise.all(replicas.map(({ session }) => behind(session)));
    const all = [...seconds, ...(readers === undefined ? [] : [readers])];
    return all.length > 0 ? Math.max(...all) : undefined;
  }

  private async auroraLag(target: Session): Promise<number | undefined> {
    if (!this.aurora) return undefined;
    try {
      const millis = (await target.row('aurora-lag'))?.millis;
      return millis === null || millis === undefined ? undefined : Number(millis) / 1000;
    } catch (error) {
      // MariaDB calls an unknown table of this schema one that the user may not read.
      if (!isMissingTable(error) && !isDenied(error)) throw error;
      this.aurora = false;
      return undefined;
    }
  }

  private async storage(): Promise<number | undefined> {
    const { now, freeGiB } = this.deps;
    if (!this.free || now() - this.free.at > STORAGE_MS) {
      this.free = { at: now(), gib: await freeGiB() };
    }
    if (this.free.gib === undefined) this.blind.set('storage', 'CloudWatch has no data');
    return this.free.gib;
  }
}

/** Seconds a replica is behind; infinite while its replication stands still. */
async function behind(session: Session): Promise<number> {
  const status = await statusOf(session);
  if (!status) return 0;
  const seconds = status.Seconds_Behind_Source ?? status.Seconds_Behind_Master ?? null;
  return seconds === null ? Number.POSITIVE_INFINITY : Number(seconds);
}

async function statusOf(session: Session): Promise<Row | undefined> {
  try {
    return await session.row('replica-status');
  } catch (error) {
    if (!isSyntax(error)) throw error;
    return await session.row('slave-status');
  }
}
