// Recalculates the metrics of all applications with the solution's own machine, and believes only rows.
// That machine succeeds without work when another of its executions runs, or knows no application.
//
//   others run? wait : start ours -> SUCCEEDED -> a row for each application and day?  yes: done
//                        no: the attempt is over, the next one starts another execution (three in a visit)

import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { timestamp } from '../run-batches/plan';
import { schemaOf } from '../shared/clickstream/migration';
import { iso } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { ForeignExecutionError, MetricsMissingError } from '../shared/errors';
import { type ForeignAttempt, ForeignWorker } from '../shared/foreign-attempts';
import { type ForeignWish, followForeign, nextAttempt } from '../shared/foreign-executions';
import { reasonOf } from '../shared/foreign-trouble';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { noteWarehouse, type Read, reader } from '../shared/read';
import { ownRun } from '../shared/runs';
import type { SqlSource } from '../shared/sql';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { RecalculateMetricsPayload, RecalculateMetricsResult } from './payload';
import { daysInside, windowOf } from './window';

export interface RecalculateMetricsDeps extends WaitDeps {
  /** Step Functions where the pipeline is. */
  foreignSfn(region: string): Pick<SFNClient, 'send'>;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

/** Executions without work in one visit of the state before a person is asked. */
const MOST_ATTEMPTS = 3;

export async function recalculateMetrics(
  payload: RecalculateMetricsPayload,
  deps: RecalculateMetricsDeps,
  invocation: Invocation,
): Promise<RecalculateMetricsResult> {
  await ownRun(deps.ledger, payload);
  if (!/:[^:]*RefreshMVStateMachine[^:]*$/.test(payload.machineArn)) {
    throw new ForeignExecutionError(
      `${payload.machineArn} is not the machine that recalculates metrics, whose name has RefreshMVStateMachine in it: nothing was ` +
        'started. Start a new execution with continueRun, which reads the pipeline again',
    );
  }
  await noteWarehouse(deps.ledger, payload.runId, payload.warehouse);
  let metrics: Metrics | undefined;
  const status = await waitFor(deps, payload, payload.step, invocation, async (token) => {
    const { ledger, clock } = deps;
    const { step } = payload;
    const open = () =>
      ForeignWorker.open(ledger, payload, step, token, invocation.requestId, clock.now);
    metrics ??= new Metrics(payload, deps, await open());
    return metrics.look();
  });
  return { status: status ?? 'running', attempts: metrics?.attempts ?? 0 };
}

class Metrics {
  private readonly sfn: Pick<SFNClient, 'send'>;
  private readonly read: Read;
  private readonly wish: ForeignWish;

  constructor(
    private readonly payload: RecalculateMetricsPayload,
    private readonly deps: RecalculateMetricsDeps,
    private readonly worker: ForeignWorker,
  ) {
    const { machineArn, days } = payload;
    this.sfn = deps.foreignSfn(machineArn.split(':')[3]!);
    this.read = reader(deps.dataApi(payload.warehouse), deps, payload);
    this.wish = {
      machineArn,
      // The end is that of the intent, so that asked twice it is the same.
      input: async ({ at }) => JSON.stringify(windowOf(at, days)),
      next: () => ({}),
      refuses: () => false,
      describe: (trouble, { arn }, status) =>
        `the recalculation of metrics in ${arn} ended ${status}: ${reasonOf(trouble)}`,
    };
  }

  get attempts(): number {
    return this.worker.all.length;
  }

  async look(): Promise<'done' | undefined> {
    const { current } = this.worker;
    if (current?.state === 'done') return 'done';
    if (!current || current.state === 'over') {
      // Ours would be skipped beside another one.
      if (await this.othersRun()) return undefined;
      await this.worker.begin(this.payload.machineArn);
    }
    const end = await followForeign(this.sfn, this.worker, this.wish);
    if (end?.status !== 'succeeded') return undefined;
    const missing = await this.missing(this.worker.current!);
    if (missing.length === 0) {
      await this.worker.save({ state: 'done' });
      return 'done';
    }
    const { visit, all } = this.worker;
    const tried = all.filter(({ triedIn }) => triedIn === visit).length;
    await nextAttempt(this.worker, `ended without work for ${missing.join('; ')}`);
    if (tried < MOST_ATTEMPTS) return undefined;
    throw new MetricsMissingError(
      `${tried} recalculations of metrics succeeded without their work, the last one for ${missing.join('; ')}. Does the parameter ` +
        'TimeZoneWithAppId of the data modeling stack name these applications, and does nobody else recalculate? Then redrive: this step tries again',
    );
  }

  private async othersRun(): Promise<boolean> {
    const { executions = [] } = await this.sfn.send(
      new ListExecutionsCommand({
        stateMachineArn: this.payload.machineArn,
        statusFilter: 'RUNNING',
        maxResults: 10,
      }),
    );
    return executions.length > 0;
  }

  /** Applications without rows for all days, each with what is missing; what was seen is in the ledger. */
  private async missing({ at }: ForeignAttempt): Promise<string[]> {
    const { runId, appIds, days } = this.payload;
    const expected = daysInside(at, days);
    const missing: string[] = [];
    for (const appId of appIds) {
      const rows = await this.read('read-metrics-status', {
        ids: { schema: schemaOf(appId) },
        // Whole seconds there; the row of the last day comes long after the start.
        parameters: { since: timestamp(Math.floor(at / 1_000) * 1_000) },
      });
      const there = new Set(rows.map(({ day }) => String(day)));
      const absent = expected.filter((day) => !there.has(day));
      const ok = absent.length === 0 && there.size > 0;
      await this.deps.ledger.put(runKey(runId, `check#${appId}#metrics`), {
        name: 'days whose metrics were recalculated',
        item: appId,
        expected: `${expected.length || 1} or more`,
        actual: String(there.size),
        ok,
        at: iso(this.deps.clock.now()),
      });
      if (!ok) missing.push(`${appId} (${there.size === 0 ? 'no day' : absent.join(', ')})`);
    }
    return missing;
  }
}
