// Others who write into a cluster while the tasks work: an application's users. They act when a task has a
// statement executed, and then make up for the time since; nobody sees that they rested in between.

import type { Connection } from 'mysql2/promise';
import type { Clock } from '../types';
import type { MariaDbServer } from './mariadb';

/** Somebody who writes, and how often. */
export interface ActorData {
  readonly name: string;
  readonly everySeconds: number;
  /** One act; `:n` in it is how many it stands for. */
  readonly sql: string;
  /** So many acts at once at most: an application that rests for days has not written for days. @default 1 */
  readonly most?: number;
  /** The end of an act whose transaction stays open so long. */
  readonly end?: { readonly afterSeconds: number; readonly sql: string };
}

/** Not theirs to mend: a lock that a task holds, a transaction that lost to a task's. */
const TRY_AGAIN = [1205, 1213];

/** The actors of one cluster; each has a connection of his own. */
export class Actors {
  private readonly cast: Actor[] = [];
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly problems: Error[],
  ) {}

  async add(server: MariaDbServer, data: ActorData): Promise<void> {
    const connection = await server.connect();
    // As Django's applications do; what one has only read, others may change.
    const isolation = 'set session transaction isolation level read committed';
    // Nobody waits long for a task's lock, on rows or on a whole table: the task waits for the actors.
    const patience = 'set session innodb_lock_wait_timeout = 1, lock_wait_timeout = 1';
    await connection.query(`${patience}; ${isolation}`);
    this.cast.push(new Actor(data, connection, this.clock.now()));
  }

  /** Lets all do what they would have done by now. */
  act(): Promise<void> {
    if (this.cast.length === 0) return this.work;
    this.work = this.work.then(async () => {
      for (const actor of this.cast) {
        await actor.act(this.clock.now()).catch((error: Error & { errno?: number }) => {
          if (!TRY_AGAIN.includes(error.errno ?? 0)) this.problems.push(error);
        });
      }
    });
    return this.work;
  }

  stop(): void {
    for (const { connection } of this.cast) connection.destroy();
  }
}

class Actor {
  private ends?: number;

  constructor(
    private readonly data: ActorData,
    readonly connection: Connection,
    private last: number,
  ) {}

  async act(now: number): Promise<void> {
    const { everySeconds, sql, most = 1, end } = this.data;
    if (this.ends !== undefined && now >= this.ends) {
      this.ends = undefined;
      await this.ask(end!.sql, now);
    }
    const acts = Math.floor((now - this.last) / (everySeconds * 1000));
    if (this.ends !== undefined || acts < 1) return;
    this.last = now;
    await this.ask(sql.replaceAll(':n', String(Math.min(acts, most))), now);
    if (end) this.ends = now + end.afterSeconds * 1000;
  }

  private async ask(sql: string, now: number): Promise<void> {
    await this.connection.query(`set timestamp = ${(now / 1000).toFixed(3)}`);
    await this.connection.query(sql);
  }
}
