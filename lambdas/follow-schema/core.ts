// Follows the execution of the solution's machine that makes the schema of one application. The stack is
// updated long before: the solution starts that execution and waits for nothing.
//
//   none yet -> wait (nothing missing: there is nothing to do)     found -> follow -> SUCCEEDED: done
//   refused Python -> `python` -> (external functions) -> edited list in an execution of ours -> follow

import type { SFNClient } from '@aws-sdk/client-sfn';
import { schemaOf } from '../shared/clickstream/migration';
import { schemaChecks } from '../shared/clickstream/schema-objects';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { ForeignExecutionError } from '../shared/errors';
import { ForeignWorker } from '../shared/foreign-attempts';
import { type ForeignWish, followForeign } from '../shared/foreign-executions';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { noteWarehouse, reader } from '../shared/read';
import { ownRun } from '../shared/runs';
import type { SqlSource } from '../shared/sql';
import { type WaitDeps, waitFor } from '../shared/waiting';
import { noteCancelled } from './cancelled';
import { newestExecution } from './find';
import type { FollowSchemaPayload, FollowSchemaResult } from './payload';
import { refusedText, schemaWish } from './wish';

export interface FollowSchemaDeps extends WaitDeps {
  /** Step Functions where the pipeline is. */
  foreignSfn(region: string): Pick<SFNClient, 'send'>;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
  /** Text of an object by its `s3://` address, in the pipeline's region. */
  readObject(uri: string, region: string): Promise<string>;
}

/** The machine's list of executions may lag behind a little. */
const LAG_MS = 60_000;
/** The solution starts its executions while the stack is updated; after this it will not any more. */
const LONGEST_WAIT_MS = 600_000;

export async function followSchema(
  payload: FollowSchemaPayload,
  deps: FollowSchemaDeps,
  invocation: Invocation,
): Promise<FollowSchemaResult> {
  const run = await ownRun(deps.ledger, payload);
  await noteWarehouse(deps.ledger, payload.runId, payload.warehouse);
  const since = Date.parse(payload.since ?? run.startedAt);
  let follower: SchemaFollower | undefined;
  const status = await waitFor(deps, payload, payload.step, invocation, async (token) => {
    const { ledger, clock } = deps;
    const { step } = payload;
    const open = () =>
      ForeignWorker.open(ledger, payload, step, token, invocation.requestId, clock.now);
    follower ??= new SchemaFollower(payload, deps, await open(), since);
    return follower.look();
  });
  return { status: status ?? 'running', executions: 0, started: 0, ...follower?.counts() };
}

/** What one invocation knows. */
class SchemaFollower {
  private readonly sfn: Pick<SFNClient, 'send'>;
  private readonly region: string;
  private readonly startedAt: number;
  private readonly wish: ForeignWish;
  private looks = 0;
  private asked = false;

  constructor(
    private readonly payload: FollowSchemaPayload,
    private readonly deps: FollowSchemaDeps,
    private readonly worker: ForeignWorker,
    private readonly since: number,
  ) {
    this.region = payload.machineArn.split(':')[3]!;
    this.sfn = deps.foreignSfn(this.region);
    this.startedAt = deps.clock.now();
    this.wish = schemaWish(payload, this.sfn, (uri) => deps.readObject(uri, this.region));
  }

  counts() {
    const { all } = this.worker;
    return { executions: all.length, started: all.filter(({ name }) => name).length };
  }

  async look(): Promise<'done' | 'python' | undefined> {
    this.looks += 1;
    // Somebody may have pressed Retry since: the newest execution is the one that counts.
    if (this.looks === 1 || !this.worker.current) await this.adoptNewest(this.since);
    const { current } = this.worker;
    if (!current) return this.withoutExecution();
    if (current.state === 'done') return 'done';
    if (current.state === 'refused') {
      if (!this.payload.edited) return 'python';
      await this.worker.begin(this.payload.machineArn, { edited: 'yes', origin: current.arn });
    }
    const end = await followForeign(this.sfn, this.worker, this.wish);
    if (end?.status === 'succeeded') {
      await this.worker.save({ state: 'done' });
      return 'done';
    }
    if (end) await this.note(refusedText(this.payload.appId, end.trouble));
    // With the functions there already, the next look begins the edited list.
    if (end) return this.payload.edited ? undefined : 'python';
    if (this.looks === 1 && this.worker.current!.state === 'running') await this.lookInside();
    return undefined;
  }

  private async adoptNewest(since: number): Promise<void> {
    const { machineArn, appId } = this.payload;
    const { current } = this.worker;
    const newest = await newestExecution(this.sfn, machineArn, appId, since);
    if (!newest || this.worker.all.some(({ arn }) => arn === newest.arn)) return;
    if (current && newest.startedAt <= current.at) return;
    if (current) await this.worker.save({ state: 'over', why: `${newest.arn} is newer` });
    await this.worker.adopt(newest.arn);
  }

  /** Nothing began since the upgrade did: not yet, not needed, or never. */
  private async withoutExecution(): Promise<'done' | undefined> {
    const { appId, machineArn } = this.payload;
    const waited = this.deps.clock.now() - this.startedAt;
    if (waited >= LAG_MS && !this.asked) {
      this.asked = true;
      const checks = await this.objects();
      // The solution starts nothing when its SQL has not changed since the last update.
      if (checks.every(({ ok }) => ok)) return 'done';
    }
    if (waited < LONGEST_WAIT_MS) return undefined;
    await this.adoptNewest(0);
    if (this.worker.current) return undefined;
    throw new ForeignExecutionError(
      `application ${appId}: its schema lacks objects of the new version, and ${machineArn} has no execution for it. Is the stack of data ` +
        'modeling updated, and does its parameter AppIds name the application? Start the upgrade of the pipeline again in the web console ' +
        '(Retry), then redrive: this step looks again',
    );
  }

  private objects() {
    const { payload, deps } = this;
    const read = reader(deps.dataApi(payload.warehouse), deps, payload);
    return schemaChecks(read, schemaOf(payload.appId), []);
  }

  private note(text: string) {
    const { runId, appId } = this.payload;
    return this.deps.ledger.put(runKey(runId, `note#${appId}#schema-python`), { text });
  }

  private lookInside() {
    return noteCancelled(this.sfn, this.worker.current!.arn, this.payload, this.deps);
  }
}
