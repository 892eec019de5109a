// Proves that the writes have moved, by rows and not by anybody's word: the old table rests for the settling
// time, nobody holds a row of it that is not committed, and the new one has grown.

import { iso } from '../shared/clock';
import { WritesNotMovedError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { check, note } from '../shared/history/checks';
import { endsOf, text } from '../shared/history/ends';
import { holdOffset } from '../shared/history/offset';
import type { OffsetItem } from '../shared/history/standing';
import type { Table } from '../shared/history/table';
import { hasUnsettled } from '../shared/history/unsettled';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { runKey } from '../shared/ledger';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { AwaitWritesPayload, AwaitWritesResult } from './payload';

/** How long it is waited beyond the settling time before a person is told. */
const PATIENCE_MS = 60 * 60_000;

const MINUTE_MS = 60_000;

/** The ledger's item: since when the old table has been as it is. */
interface Settling {
  readonly maxId: string | null;
  readonly since: number;
  /** Whose waiting began when; a redrive has all its patience again. */
  readonly by: string;
  readonly startedAt: number;
}

export async function awaitWrites(
  payload: AwaitWritesPayload,
  deps: HistoryDeps & WaitDeps,
  invocation: Invocation,
): Promise<AwaitWritesResult> {
  return withTables(payload, deps, async (source, target) => {
    const work = new Watch(payload, deps, source, target);
    const seen = await waitFor(deps, payload, 'await-writes', invocation, () => work.round());
    return seen ?? work.result('running');
  });
}

class Watch {
  private maxId: bigint | null = null;
  private targetMaxId: bigint | null = null;
  private offset: OffsetItem | undefined;

  constructor(
    private readonly payload: AwaitWritesPayload,
    private readonly deps: HistoryDeps,
    private readonly source: Table,
    private readonly target: Table,
  ) {}

  async round(): Promise<AwaitWritesResult | undefined> {
    const { payload, deps, source, target } = this;
    const { runId, admin, settleMinutes } = payload;
    this.offset = await holdOffset({ source, target, runId, admin }, deps);
    this.maxId = (await endsOf(source)).max;
    this.targetMaxId = (await endsOf(target)).max;
    const settling = await this.settling();
    const now = deps.clock.now();
    const rests = now - settling.since >= settleMinutes * MINUTE_MS;
    const grows = this.targetMaxId !== null && this.targetMaxId >= this.firstNew;
    const held = rests && grows && (await hasUnsettled(source, this.maxId));
    if (rests && grows && held !== true) return this.done(settling, held === 'unknown');
    if (now - settling.startedAt > settleMinutes * MINUTE_MS + PATIENCE_MS) {
      throw new WritesNotMovedError(this.complaint(settling, { rests, grows }));
    }
    return undefined;
  }

  result(status: 'running' | 'done'): AwaitWritesResult {
    const { maxId, targetMaxId } = this;
    return {
      status,
      cut: this.offset?.cut ?? '',
      maxId: text(maxId),
      targetMaxId: text(targetMaxId),
    };
  }

  /** What the application writes now has ids from here on; copied rows and earlier live ones are below. */
  private get firstNew(): bigint {
    const { cut, targetMax } = this.offset!;
    const behind = BigInt(targetMax ?? -1) + 1n;
    return behind > BigInt(cut) ? behind : BigInt(cut);
  }

  private async settling(): Promise<Settling> {
    const { ledger, clock } = this.deps;
    const { runId, rootArn, redriveCount } = this.payload;
    const key = runKey(runId, 'history#settling');
    const old = await ledger.get<Settling>(key);
    const by = `${rootArn}#${redriveCount}`;
    const now = clock.now();
    const rests = old !== undefined && old.maxId === text(this.maxId);
    if (rests && old.by === by) return old;
    const next: Settling = {
      maxId: text(this.maxId),
      since: rests ? old.since : now,
      by,
      startedAt: old?.by === by ? old.startedAt : now,
    };
    await ledger.put(key, next);
    return next;
  }

  private async done({ since }: Settling, unknown: boolean): Promise<AwaitWritesResult> {
    const { deps, payload, source, target, maxId, targetMaxId } = this;
    const now = deps.clock.now();
    await check(deps.ledger, payload.runId, now, {
      name: 'writes have moved',
      expected: `${source.name} rests for ${payload.settleMinutes} minutes, ${target.name} grows`,
      actual: `${source.name} ends at ${maxId ?? 'no row'} since ${iso(since)}, ${target.name} at ${targetMaxId}`,
      ok: true,
    });
    if (unknown) {
      await note(
        deps.ledger,
        payload.runId,
        'unsettled',
        `whether rows of ${source.name} were written and not committed could not be asked: the server lets only users do so that may UPDATE, DELETE or LOCK TABLES; the catch-up passes look for such rows`,
      );
    }
    return this.result('done');
  }

  private complaint(
    { since }: Settling,
    { rests, grows }: { readonly rests: boolean; readonly grows: boolean },
  ): string {
    const { source, target, maxId, payload } = this;
    const said: string[] = [];
    if (!rests) {
      said.push(
        `${source.name} still grows: its last id is ${maxId} since ${iso(since)}, and it must rest for ${payload.settleMinutes} minutes. ` +
          'Look for LMS, Studio and worker processes that were started before ENABLE_CSMH_EXTENDED was deployed, and end them',
      );
    }
    if (!grows) {
      said.push(
        `${target.name} does not grow: no row with an id from ${this.firstNew} on has come. Deploy ENABLE_CSMH_EXTENDED true; where nobody is learning just now, submit an answer to any problem`,
      );
    }
    if (rests && grows) {
      said.push(
        `a transaction holds rows of ${source.name} that are not committed: find it in SHOW ENGINE INNODB STATUS and let it end, or end it`,
      );
    }
    return `the writes have not moved after ${payload.settleMinutes} minutes and an hour: ${said.join('. ')}. Nothing was copied; then redrive, which waits anew`;
  }
}
