import { runBatches } from '../../lambdas/run-batches/core';
import type { RunBatchesPayload, RunBatchesResult } from '../../lambdas/run-batches/payload';
import type { BatchDeps } from '../../lambdas/run-batches/session';
import { DataApi } from '../../lambdas/shared/data-api';
import { type Ledger, runKey } from '../../lambdas/shared/ledger';
import { sqlText } from '../../lambdas/shared/sql-files';
import type { FakeClock, FakeWarehouse } from './fake-warehouse';

export const ROOT =
  'arn:aws:states:us-east-1:000000000000:execution:example-clickstream-data-migration:one';

/** The lambdas/ core as a state machine would call it, over a scripted warehouse. */
export class BatchHarness {
  /** Status of every execution the worker asks for. */
  executionStatus = 'RUNNING';
  redriveCount = 0;
  invocations = 0;
  readonly deps: BatchDeps;
  /** Texts in S3, by address. */
  readonly objects = new Map<string, string>();

  constructor(
    readonly ledger: Ledger,
    readonly warehouse: FakeWarehouse,
    readonly clock: FakeClock,
    readonly payload: Omit<
      RunBatchesPayload,
      'version' | 'runId' | 'rootArn' | 'selfArn' | 'redriveCount' | 'warehouse'
    >,
    readonly runId = `run-${Math.random().toString(36).slice(2)}`,
  ) {
    this.deps = {
      ledger,
      clock,
      sqlText,
      readObject: async (uri) => {
        const text = this.objects.get(uri);
        if (text === undefined) throw Object.assign(new Error(uri), { name: 'NoSuchKey' });
        return text;
      },
      anyObject: async (prefix) => [...this.objects.keys()].some((key) => key.startsWith(prefix)),
      sfn: { send: async () => ({ status: this.executionStatus }) } as never,
      dataApi: (target) => new DataApi(warehouse.client as never, target),
    };
  }

  async open(): Promise<this> {
    await this.ledger.put(runKey(this.runId), {
      runId: this.runId,
      machine: 'clickstream-data-migration',
      executionArn: ROOT,
      earlierArns: [],
      status: 'open',
      input: {},
      leases: [],
      startedAt: new Date(this.clock.now()).toISOString(),
    });
    return this;
  }

  /** One invocation with 15 minutes on the fake clock. */
  invoke(change: Partial<RunBatchesPayload> = {}): Promise<RunBatchesResult> {
    this.invocations += 1;
    const started = this.clock.now();
    return runBatches(
      {
        version: 1,
        runId: this.runId,
        rootArn: ROOT,
        selfArn: ROOT,
        redriveCount: this.redriveCount,
        warehouse: { workgroup: 'w', database: 'd' },
        ...this.payload,
        ...change,
      },
      this.deps,
      {
        requestId: `request-${this.invocations}`,
        remainingMs: () => 900_000 - (this.clock.now() - started),
      },
    );
  }

  /** Invocations until the task says that it is not running any more, as the Choice does. */
  async turns(change: Partial<RunBatchesPayload> = {}): Promise<RunBatchesResult> {
    for (;;) {
      const result = await this.invoke(change);
      if (result.status !== 'running') return result;
    }
  }

  /** What an operator's Redrive does for this state. */
  redrive(): Promise<RunBatchesResult> {
    this.redriveCount += 1;
    this.executionStatus = 'RUNNING';
    return this.turns();
  }
}

/** Statement of the event procedure and its log, as the clickstream runbook tells the task. */
export const EVENTS: Pick<RunBatchesPayload, 'step' | 'statement' | 'evidence' | 'maxCalls'> = {
  step: 'events',
  statement: { sql: { file: 'clickstream/call-migrate-events' }, ids: { schema: 'shop' } },
  maxCalls: 4,
  evidence: {
    kind: 'log',
    read: { sql: { file: 'clickstream/read-log' }, ids: { schema: 'shop' } },
    logName: 'sp_migrate_event_to_v2',
    finished: ['----done---'],
    exhausted: ['backfill event_v2 is done'],
    rows: '^insert (\\d+) to event_v2$',
  },
};

export const chunk = (rows: number, seconds = 60) => ({
  seconds,
  logs: [
    { at: 1, message: `insert ${rows} to event_v2` },
    { message: '----done---------------------------- ' },
  ],
});
export const exhausted = { seconds: 2, logs: [{ message: 'backfill event_v2 is done' }] };
