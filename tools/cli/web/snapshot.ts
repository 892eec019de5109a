// Everything the page shows, read in one look: what `watch --json` prints, and besides it states, checks and gates.

import { DescribeStateMachineForExecutionCommand } from '@aws-sdk/client-sfn';
import type { AslGraph } from '../../../lambdas/shared/diagram/definition';
import { consoleLink } from '../../../lambdas/shared/inputs/links';
import { redriveHelps } from '../../../lambdas/shared/report/advice';
import { failures } from '../failures';
import type { ExecutionHistory } from '../history';
import type { CheckSummary, LedgerView } from '../ledger-view';
import { latestMapRuns } from '../map-runs';
import type { Kit } from '../operate/kit';
import { lookAtAll, type RunSight, type WholeSight } from '../operate/sight';
import { ledgerOf, type Subject } from '../operate/subject';
import { messageOf } from '../summary';
import { BatchFeed, type FedBatch } from './batch-feed';
import { CHILDREN, Histories } from './events';
import { type StateSight, stateSights } from './states';

/** What changes while a run goes on. */
export interface Snapshot {
  /** Of the look, as ISO 8601. */
  readonly at: string;
  readonly sight: RunSight;
  readonly atWork: WholeSight['atWork'];
  readonly states: readonly StateSight[];
  readonly checks: readonly CheckSummary[];
  /** All gates that were asked, also those that were answered. */
  readonly gates: Awaited<ReturnType<LedgerView['gates']>>;
  readonly items: readonly {
    readonly name: string;
    readonly status: string;
    readonly error: string;
  }[];
  readonly failures: readonly {
    readonly state: string;
    readonly execution: string;
    readonly error: string;
    readonly message: string;
  }[];
  /** Of so many children of a Map Run, the newest, because it has more. @default - of all */
  readonly failuresAmong?: number;
  /** Whether a redrive can help. */
  readonly canRedrive: boolean;
  readonly console: string;
}

/** A snapshot with the batches that are new to who asks. */
export interface Update extends Snapshot {
  readonly batches: readonly FedBatch[];
  /** To be asked with next time. */
  readonly newest: number;
}

/** One run, looked at again and again. */
export class Run {
  private readonly histories = new Histories();
  private readonly feed = new BatchFeed();
  private graph: AslGraph | undefined;
  private last: { readonly at: number; readonly snapshot: Promise<Snapshot> } | undefined;

  /** @param every milliseconds for which a look holds, whoever asks */
  constructor(
    private readonly kit: Kit,
    private readonly subject: Subject,
    private readonly every = 0,
  ) {}

  /** The definition its execution was started with. */
  async definition(): Promise<AslGraph> {
    const executionArn = this.subject.execution;
    const command = new DescribeStateMachineForExecutionCommand({ executionArn });
    this.graph ??= JSON.parse((await this.kit.aws.sfn.send(command)).definition!) as AslGraph;
    return this.graph;
  }

  /** What is to be seen; of batches only those after `since`. */
  async update(since = 0): Promise<Update> {
    if (!this.last || Date.now() - this.last.at >= this.every) {
      const last = { at: Date.now(), snapshot: this.look() };
      this.last = last;
      // A look that failed is not kept for others.
      last.snapshot.catch(() => {
        if (this.last === last) this.last = undefined;
      });
    }
    const snapshot = await this.last.snapshot;
    return { ...snapshot, batches: this.feed.since(since), newest: this.feed.newest };
  }

  /** After something was done the next look is a new one. */
  forget(): void {
    this.last = undefined;
  }

  private async look(): Promise<Snapshot> {
    const { kit, subject } = this;
    const now = Date.now();
    const definition = await this.definition();
    const { sight, batches, atWork } = await lookAtAll(kit, subject, now);
    this.feed.take(batches);
    const all = await this.histories.read(kit.aws.sfn, subject.execution);
    const ledger = ledgerOf(kit, subject.stack);
    const { run } = sight;
    const [checks, gates, items] =
      run === null
        ? [[], [], []]
        : await Promise.all([ledger.checks(run), ledger.gates(run), ledger.items(run)]);
    const failed = ['RUNNING', 'SUCCEEDED'].includes(sight.status)
      ? []
      : await failures(kit.aws.sfn, all);
    return {
      at: new Date(now).toISOString(),
      ...{ sight, atWork, checks, gates },
      states: stateSights(definition, all, now),
      items: items.map(({ name, status, error, cause }) => {
        return { name, status, error: [error, cause].filter(Boolean).join(': ') };
      }),
      failures: failed.map(({ cause, ...one }) => ({ ...one, message: messageOf(cause) })),
      ...(this.followsAll(all) ? {} : { failuresAmong: CHILDREN }),
      canRedrive: redriveHelps({ error: sight.error ?? undefined, redrivable: sight.redrivable }),
      console: consoleLink(sight.execution),
    };
  }

  /** Whether all children are among them that can have failed. */
  private followsAll(all: readonly ExecutionHistory[]): boolean {
    const runs = all.flatMap((one) => [...latestMapRuns(one).values()]);
    return !runs.some((run) => this.histories.isCut(run));
  }
}
