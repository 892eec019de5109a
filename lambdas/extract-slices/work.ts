// What the parts of an extract share within one invocation: whose it is, how far it is, and its words.

import { iso, LEAVE_BEFORE_END_MS } from '../shared/clock';
import { ExtractFailedError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { sourceOf } from '../shared/rdw/tenant';
import type { WaitDeps } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { Objects } from './objects';
import type { ExtractSlicesPayload } from './payload';
import { type Attempt, type Progress, ProgressItem, sliceName } from './progress';
import type { ExportServer } from './server';
import { DAY, instantOf, wholeOf } from './window';

export interface ExtractDeps extends WaitDeps {
  readonly objects: Objects;
  readonly server: ExportServer;
}

/** Tries that may end without anything to say why. */
export const MOST_LOST = 3;

export class Work {
  readonly item: ProgressItem;
  /** Where everything of the extract lies. */
  readonly folder: string;
  /** How long a slice may take. */
  readonly targetMs: number;
  /** That of this invocation, from its first round on. */
  token?: Token;
  /** What the latest lost statement said. */
  said = 'its connection was lost';

  constructor(
    readonly payload: ExtractSlicesPayload,
    readonly deps: ExtractDeps,
    private readonly invocation: Invocation,
  ) {
    const { runId, tenant, sliceMinutes } = payload;
    this.item = new ProgressItem(deps.ledger, runId, tenant, invocation.requestId);
    this.folder = `${tenant.folder}/extract`;
    this.targetMs = sliceMinutes * 60_000;
  }

  now(): number {
    return this.deps.clock.now();
  }

  /** Milliseconds that a statement of this invocation may still take. */
  get leftMs(): number {
    return this.invocation.remainingMs() - LEAVE_BEFORE_END_MS;
  }

  progress(): Promise<Progress> {
    const { start, high, sliceDays, source, tenant } = this.payload;
    const first = { left: wholeOf(start, high), span: sliceDays * DAY };
    return this.item.load({ ...first, source: sourceOf(source, tenant) });
  }

  /** Before every act; throws TokenLost when another worker acts now. */
  async mayAct(): Promise<void> {
    await this.token!.renew();
  }

  /** Deletes what lies below a prefix of the run's own. */
  async empty(prefix: string): Promise<void> {
    const { objects } = this.deps;
    for (const { key } of await objects.list(prefix)) {
      await this.mayAct();
      await objects.remove(key);
    }
  }

  /** The attempt came to nothing; a redrive starts the next one. */
  async failed(now: Progress, attempt: Attempt, message: string): Promise<never> {
    await this.record(now, attempt, { status: 'failed', error: message });
    await this.item.save(now, { attempt: { ...attempt, over: true } });
    throw this.error(attempt, `failed: ${message}`);
  }

  error({ window }: Attempt, what: string): ExtractFailedError {
    const { id } = this.payload.tenant;
    return new ExtractFailedError(
      `the extract of ${id} from ${instantOf(window.from)} to before ${instantOf(window.before)} (UTC) ${what}. ` +
        'Slices before it stay as they are. Repair the cause, then redrive: this slice runs again',
    );
  }

  /** The report's line about an attempt. */
  async record(now: Progress, attempt: Attempt, members: object): Promise<void> {
    const { runId, tenant, item } = this.payload;
    const { from, before } = attempt.window;
    const name = `${sliceName(now.slice)}#${String(attempt.number).padStart(4, '0')}`;
    await this.deps.ledger.put(runKey(runId, `batch#extract#${tenant.id}#${name}`), {
      step: 'extract',
      item: item?.key,
      title: `${tenant.id}: exams updated from ${instantOf(from)} to before ${instantOf(before)}`,
      attempt: attempt.number,
      statementId: attempt.connection,
      startedAt: iso(attempt.at),
      endedAt: iso(this.now()),
      ...members,
    });
  }
}
