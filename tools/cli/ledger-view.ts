// What the ledger says about a run, read the way an operator's tool reads it: never written.

import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { RunBatchesPayload } from '../../lambdas/run-batches/payload';
import { batchAt, batchCount } from '../../lambdas/run-batches/plan';
import { runOfExecution } from '../../lambdas/shared/execution-index';
import type { GateItem } from '../../lambdas/shared/gates';
import type { ItemMark } from '../../lambdas/shared/items';
import { Ledger, type LedgerKey, runKey } from '../../lambdas/shared/ledger';
import type { CopyRecord } from '../../lambdas/shared/report/copies';
import type { EndRecord } from '../../lambdas/shared/report/model';
import type { RunItem } from '../../lambdas/shared/runs';

/** A try at a batch, as the summary shows it. */
export interface BatchSummary {
  readonly step: string;
  readonly item?: string;
  readonly title: string;
  readonly attempt: number;
  readonly status: string;
  readonly rows?: number;
  readonly seconds?: number;
  readonly error?: string;
}

/** The same with its times. */
export interface TimedBatch extends BatchSummary {
  readonly startedAt: string;
  readonly endedAt: string;
}

/** A row of a procedure's log table, as the step that reads it has left it in the ledger. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly loggedAt: string;
}

export interface CheckSummary {
  readonly name: string;
  readonly item?: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
}

/** Where a step with batches stands. */
export interface StepProgress {
  readonly step: string;
  readonly item?: string;
  /** What is being done, e.g. `10 days`. */
  readonly title: string | undefined;
  readonly done: boolean;
  readonly batches: number;
  readonly doneBatches: number;
  readonly rows: number;
  readonly renewedAt: number;
  /** When the batch at work was begun, in epoch milliseconds. */
  readonly since?: number;
  /** Last lines of the log, oldest first. @default - the step has no log, or has not read it */
  readonly log?: readonly LogLine[];
}

interface ProgressItem {
  readonly batch: number;
  readonly rows: number;
  readonly done: boolean;
  readonly renewedAt: number;
  readonly to?: string;
  readonly attempt?: { readonly intentAt: number };
  readonly log?: readonly LogLine[];
  readonly payload: Pick<RunBatchesPayload, 'step' | 'item' | 'plan' | 'statement'>;
}

export class LedgerView {
  readonly client: DynamoDBClient;
  private readonly ledger: Ledger;

  constructor(settings: DynamoDBClientConfig, table: string) {
    this.client = new DynamoDBClient(settings);
    this.ledger = new Ledger(this.client, table);
  }

  /** Id of an execution's run; undefined before its first state has ended, and for a dry run. */
  runOf(executionArn: string): Promise<string | undefined> {
    return runOfExecution(this.ledger, executionArn);
  }

  /** The run itself; undefined for an id the ledger does not know. */
  run(runId: string): Promise<RunItem | undefined> {
    return this.ledger.get<RunItem>(runKey(runId));
  }

  async batches(runId: string): Promise<BatchSummary[]> {
    const items = await this.timedBatches(runId);
    return items.map(({ step, item, title, attempt, status, rows, seconds, error }) => {
      return { step, item, title, attempt, status, rows, seconds, error };
    });
  }

  /** Tries at batches, oldest first. */
  async timedBatches(runId: string): Promise<TimedBatch[]> {
    const items = await this.all<TimedBatch>(runId, 'batch#');
    return items.sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
  }

  /** Items of ForEach steps that are done or have failed. */
  async items(runId: string): Promise<(ItemMark & { readonly name: string })[]> {
    const items = await this.all<ItemMark>(runId, 'item#');
    return items.map(({ sk, status, error, cause, at }) => {
      return { name: sk.slice('item#'.length), status, error, cause, at };
    });
  }

  /** How far the ranges of a chunked copy are. */
  async copies(runId: string): Promise<CopyRecord[]> {
    const items = await this.all<CopyRecord>(runId, 'copied#');
    return items.map(({ pk: _, sk, ...copy }) => {
      return { ...copy, name: sk.split('#').slice(2).join('#') };
    });
  }

  /** How executions of the run ended, oldest first. */
  ends(runId: string): Promise<EndRecord[]> {
    return this.all<EndRecord>(runId, 'ended#');
  }

  async checks(runId: string): Promise<CheckSummary[]> {
    const items = await this.all<CheckSummary>(runId, 'check#');
    return items.map(({ name, item, expected, actual, ok }) => {
      return { name, item, expected: String(expected), actual: String(actual), ok };
    });
  }

  /** All gates that were asked, with their answers; never the token, which answers for a person. */
  async gates(runId: string): Promise<Omit<GateItem, 'token'>[]> {
    const items = await this.all<GateItem>(runId, 'gate#');
    return items.map(({ pk: _, sk: __, token: ___, ...gate }) => gate);
  }

  /** Gates that wait for an answer. */
  async openGates(runId: string): Promise<GateItem[]> {
    const items = await this.all<GateItem>(runId, 'gate#');
    return items.filter(({ answer }) => answer === undefined);
  }

  /** Steps with batches, the one renewed last at the end. */
  async progress(runId: string): Promise<StepProgress[]> {
    const items = await this.all<ProgressItem>(runId, 'progress#');
    return items
      .filter(({ payload }) => payload?.plan !== undefined)
      .sort((a, b) => a.renewedAt - b.renewedAt)
      .map(({ payload, batch, rows, done, renewedAt, to, attempt, log }) => ({
        step: payload.step,
        item: payload.item?.key,
        title: batchAt(payload, batch, to)?.title,
        done,
        batches: batchCount(payload.plan, to),
        doneBatches: batch,
        rows,
        renewedAt,
        since: attempt?.intentAt,
        log,
      }));
  }

  close(): void {
    this.client.destroy();
  }

  private async all<T extends object>(runId: string, prefix: string): Promise<(T & LedgerKey)[]> {
    const items: (T & LedgerKey)[] = [];
    for await (const item of this.ledger.list<T>(runId, prefix)) items.push(item);
    return items;
  }
}
