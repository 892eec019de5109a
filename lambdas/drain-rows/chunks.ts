// One chunk: the next rows by key, as many as fit into the time. Before they go it is compared which ids the
// other table has, and in the transaction that removes them, that they are still the same; what they hold was
// compared before.

import type { Session } from '../shared/copy/session';
import { ChunkSize } from '../shared/copy/size';
import { RemovalError, RunbookError, TryAgainError } from '../shared/errors';
import { firstFrom } from '../shared/history/ends';
import { type Row, type Table, whole } from '../shared/history/table';
import type { DrainItem, Intent, Progress } from './progress';

export interface ChunksProps {
  readonly source: Table;
  readonly target: Table;
  /** The last id that goes. */
  readonly hi: bigint;
  readonly progress: Progress;
  now(): number;
}

/** The application may delete a row of both tables between two looks. */
const LOOKS = 3;

export class Chunks {
  private readonly size = new ChunkSize();

  constructor(private readonly props: ChunksProps) {}

  /** Removes the next rows; `done` when none is left up to the end. */
  async next(item: DrainItem, seconds: number, session: Session): Promise<DrainItem> {
    if (item.intent) return this.settle(item, item.intent);
    const { source, hi, progress, now } = this.props;
    const first = await firstFrom(source, BigInt(item.deletedTo) + 1n);
    if (first === null || first > hi) {
      return progress.save({ ...item, deletedTo: String(hi), done: true });
    }
    const intent = await this.plan(first - 1n);
    const meant = await progress.save({ ...item, intent });
    const begun = now();
    await this.remove(intent, session);
    this.size.learn(intent.rows, (now() - begun) / 1000, intent.rows, {
      seconds,
      bytes: Number.POSITIVE_INFINITY,
    });
    return this.gone(meant, intent);
  }

  /** Exactly the rows that were compared: with one more, or one less, all of them stay. */
  private async remove({ after, to, rows, ids }: Intent, session: Session): Promise<void> {
    const { source } = this.props;
    const [from, last] = [BigInt(after), BigInt(to)];
    try {
      await session.transaction(async () => {
        // From here on these rows stay as they are; one that comes yet is one too many.
        const here = await source.row('lock-window', { after: from, to: last });
        if (!same(here, { n: rows, ...ids })) {
          throw new TryAgainError(`other rows have ids above ${after} and up to ${to} by now`);
        }
        const gone = await source.change('delete-window', {
          after: from,
          to: last,
          most: rows + 1,
        });
        if (gone === rows) return;
        throw new TryAgainError(`${gone} rows had ids above ${after} and up to ${to}, not ${rows}`);
      });
    } catch (error) {
      if (error instanceof RunbookError) throw error;
      // Of a commit nobody knows how it ended; the next look tells.
      await source.close();
      throw new TryAgainError(`the commit of a chunk broke off: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Whoever began it has not said how it ended: it is looked at. */
  async settle(item: DrainItem, intent: Intent): Promise<DrainItem> {
    const { n } = await this.props.source.row('ids-of-window', {
      after: BigInt(intent.after),
      to: BigInt(intent.to),
    });
    if (Number(n) === 0) return this.gone(item, intent);
    const { intent: _, ...open } = item;
    return this.props.progress.save(open);
  }

  private gone({ intent: _, ...item }: DrainItem, { to, rows }: Intent): Promise<DrainItem> {
    return this.props.progress.save({
      ...item,
      deletedTo: to,
      deleted: String(BigInt(item.deleted) + BigInt(rows)),
    });
  }

  private async plan(after: bigint): Promise<Intent> {
    const { source, target, hi } = this.props;
    let last = after;
    for (let looks = 0; looks < LOOKS; looks++) {
      const here = await source.row('window', { after, to: hi, rows: this.size.next });
      last = whole(here.last_id) ?? after;
      const there = await target.row('ids-of-window', { after, to: last });
      if (last > after && same(here, there)) {
        const ids = { fingerprint: String(here.fingerprint), total: String(here.total) };
        return { after: String(after), to: String(last), rows: Number(here.n), ids };
      }
    }
    throw new RemovalError(
      `ids of ${source.name} above ${after} and up to ${last} are not those of ${target.name}, although all rows were compared. ` +
        'What has gone before was in both; these stay. Find out who changes either table, then start a new execution, which compares all rows again',
    );
  }
}

const same = (a: Row, b: Row): boolean =>
  ['n', 'fingerprint', 'total'].every((one) => String(a[one]) === String(b[one]));
