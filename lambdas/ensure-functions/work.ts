// What one invocation has at hand, and the questions every part of it asks.

import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { allRunning } from '../shared/executions';
import type { RoleHost } from '../shared/functions/role-hosts';
import type { Invocation } from '../shared/handler';
import { type Ledger, runKey } from '../shared/ledger';
import { type Read, reader } from '../shared/read';
import type { SqlSource } from '../shared/sql';
import { hasTime, pauseMs } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { EnsureFunctionsPayload } from './payload';

export interface EnsureDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
  /** The API that knows the roles of a warehouse, with the task's own rights. */
  roleHost(target: WarehouseTarget, roleArn: string): RoleHost;
}

/** The execution was stopped, or this invocation is at its end: the worker leaves. */
export class Leave extends Error {}

export class Work {
  /** Reads as the user who calls the functions, and as the one who makes them. */
  readonly asCaller: Read;
  readonly asDefiner: Read;
  /** What a statement of the definer's is run with. */
  readonly definer: DataApi;
  private readonly startedAt: number;

  constructor(
    readonly payload: EnsureFunctionsPayload,
    readonly deps: EnsureDeps,
    readonly token: Token,
    private readonly invocation: Invocation,
  ) {
    this.definer = deps.dataApi(payload.definer);
    this.asCaller = reader(deps.dataApi(payload.warehouse), deps, payload);
    this.asDefiner = reader(this.definer, deps, payload);
    this.startedAt = deps.clock.now();
  }

  /** Key of a ledger item about this schema. */
  key(kind: string, name: string) {
    const { runId, item, schema } = this.payload;
    return runKey(runId, `${kind}#${item?.key ?? schema}#${name}`);
  }

  running(): Promise<boolean> {
    const { selfArn, rootArn } = this.payload;
    return allRunning(this.deps.sfn, [selfArn, rootArn]);
  }

  /** Before every act: still ours, and still wanted. */
  async mayAct(): Promise<void> {
    if (!(await this.running())) throw new Leave();
    await this.token.renew();
  }

  /** One pause between two questions; throws Leave when there is no time for it. */
  async pause(): Promise<void> {
    const { clock } = this.deps;
    const waited = clock.now() - this.startedAt;
    if (!hasTime(this.invocation, waited)) throw new Leave();
    await clock.sleep(pauseMs(waited));
  }
}
