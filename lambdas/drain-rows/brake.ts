// What keeps the next chunk of a removal from beginning: what the old table's server and its replicas say of
// their load, over the session that removes.

import type { Connection } from 'mysql2/promise';
import type { CopySettings } from '../copy-chunks/payload';
import type { Clock } from '../shared/clock';
import { LoadWatch } from '../shared/copy/load';
import { Session } from '../shared/copy/session';
import { type PauseReason, pauseReason } from '../shared/copy/throttle';
import type { Table } from '../shared/history/table';
import type { Replica } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/credentials';
import type { DrainRowsPayload } from './payload';

export interface BrakeDeps {
  readonly clock: Clock;
  /** As the user of a server. */
  connectReplica(as: MySqlRef, at: Replica): Promise<Connection>;
}

export class Brake {
  private watch: { readonly session: Session; readonly load: LoadWatch } | undefined;
  private replicas: Session[] = [];

  constructor(
    private readonly payload: Pick<DrainRowsPayload, 'runId' | 'source' | 'replicas'>,
    private readonly source: Table,
    private readonly deps: BrakeDeps,
  ) {}

  /** Why no chunk may begin. @throws CopyOverloadError */
  async reason(
    settings: CopySettings & { readonly pause: boolean },
  ): Promise<PauseReason | undefined> {
    const { session, load } = await this.look();
    const reason = pauseReason(await load.look([session], session.commitMs, false), settings);
    // Nothing is committed while it rests: the next chunk tells whether a commit is quick again.
    if (reason === 'commit') session.commitMs = 0;
    return reason;
  }

  /** The session whose transactions are the chunks. */
  async session(): Promise<Session> {
    return (await this.look()).session;
  }

  /** Forgets all sessions; that of the old table is closed by whoever opened it. */
  close(): void {
    for (const session of this.replicas) session.close();
    this.replicas = [];
    this.watch = undefined;
  }

  private async look() {
    if (!this.watch) {
      const session = await this.on(this.source.open());
      let opened: Promise<readonly { name: string; session: Session }[]> | undefined;
      const replicas = () => {
        opened ??= this.openReplicas();
        return opened;
      };
      const now = () => this.deps.clock.now();
      const load = new LoadWatch({ now, replicas, freeGiB: async () => undefined });
      this.watch = { session, load };
    }
    return this.watch;
  }

  private openReplicas() {
    return Promise.all(
      this.payload.replicas.map(async (at) => {
        const session = await this.on(this.deps.connectReplica(this.payload.source, at));
        this.replicas.push(session);
        return { name: `${at.host}:${at.port}`, session };
      }),
    );
  }

  private async on(connecting: Promise<Connection>): Promise<Session> {
    const now = () => this.deps.clock.now();
    return Session.on(await connecting, [this.payload.runId, 'drain'], now);
  }
}
