// What the ledger says about a run, read the way an operator's tool reads it: never written.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RunBatchesPayload } from '../../lambdas/run-batches/payload';
import { batchAt, batchCount } from '../../lambdas/run-batches/plan';
import { runOfExecution } from '../../lambdas/shared/execution-index';
import type { GateItem } from '../../lambdas/shared/gates';
import { Ledger, type LedgerKey } from '../../lambdas/shared/ledger';
import type { Endpoint } from './endpoint';

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
}

interface ProgressItem {
  readonly batch: number;
  readonly rows: number;
  readonly done: boolean;
  readonly renewedAt: number;
  readonly to?: string;
  readonly payload: Pick<RunBatchesPayload, 'step' | 'item' | 'plan' | 'statement'>;
}

export class LedgerView {
  private readonly client: DynamoDBClient;
  private readonly ledger: Ledger;

  constructor(endpoint: Endpoint, table: string) {
    this.client = new DynamoDBClient(endpoint);
    this.ledger = new Ledger(this.client, table);
  }

  /** Id of an execution's run; undefined before its first state has ended, and for a dry run. */
  runOf(executionArn: string): Promise<string | undefined> {
    return runOfExecution(this.ledger, executionArn);
  }

  async batches(runId: string): Promise<BatchSummary[]> {
    const items = await this.all<BatchSummary & { startedAt?: string }>(runId, 'batch#');
    return items
      .sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''))
      .map(({ step, item, title, attempt, status, rows, seconds, error }) => {
        return { step, item, title, attempt, status, rows, seconds, error };
      });
  }

  async checks(runId: string): Promise<CheckSummary[]> {
    const items = await this.all<CheckSummary>(runId, 'check#');
    return items.map(({ name, item, expected, actual, ok }) => {
      return { name, item, expected: String(expected), actual: String(actual), ok };
    });
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
      .map(({ payload, batch, rows, done, renewedAt, to }) => ({
        step: payload.step,
        item: payload.item?.key,
        title: batchAt(payload, batch, to)?.title,
        done,
        batches: batchCount(payload.plan, to),
        doneBatches: batch,
        rows,
        renewedAt,
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
