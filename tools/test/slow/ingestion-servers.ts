// Rehearsals of the machine `clickstream-ingestion-refresh` of the example target: the account's ingestion
// servers, who stops the machine and where, and what has to be true of the servers at the end.

import { RealClock } from '../../rehearsal/clock';
import type { Cloud, TaskCall } from '../../rehearsal/cloud';
import { readWarehouse } from '../../rehearsal/cloud/account';
import type { Fleet } from '../../rehearsal/services/servers/fleet';
import type { WarehouseTemplate } from '../../rehearsal/warehouse/template';
import { Warehouse } from '../../rehearsal/warehouse/warehouse';
import { CLICKSTREAM, startCloud, synthesize } from './support';

const MACHINE = 'clickstream-ingestion-refresh';
const INPUT = { projectId: 'my_project_ab12' };
/** Longer than servers take to leave and a warm pool to fill. */
const SETTLED_MS = 600_000;

/** The assembly and a filled warehouse, of which each world gets a copy. */
export interface Ground {
  readonly assemblyDir: string;
  readonly template: WarehouseTemplate;
}

export async function prepare(): Promise<Ground> {
  const contents = readWarehouse({ scenarioDir: CLICKSTREAM, machine: MACHINE, rows: 1 })!;
  const template = await Warehouse.template({ clock: new RealClock(), ...contents });
  return { assemblyDir: synthesize('clickstream'), template };
}

/** What is compared of servers: nothing of it may differ from before but the servers themselves. */
export const sizesOf = ({ group, desired, scaling }: Fleet) => ({
  group: [group.min, group.max, group.desired],
  tasks: desired,
  scaling,
  pool: group.pool && { reuse: false, ...group.pool },
  warm: group.warm.length,
});

/** An account, and one execution of the machine. */
export class Refresh {
  static async of(ground: Ground, faults: readonly string[] = []): Promise<Refresh> {
    const where = { ...ground, scenarioDir: CLICKSTREAM, machine: MACHINE };
    return new Refresh(await startCloud({ ...where, clock: 'virtual', rows: 1, faults }));
  }

  readonly fleet: Fleet;
  readonly before: ReturnType<typeof sizesOf>;
  arn = '';

  private constructor(readonly cloud: Cloud) {
    this.fleet = cloud.ingestion[0]!;
    this.before = structuredClone(sizesOf(this.fleet));
  }

  /** Starts the machine; `more` goes into its input. */
  start(more: Record<string, unknown> = {}): void {
    const stateMachineArn = this.cloud.machineArn(`example-${MACHINE}`);
    const input = JSON.stringify({ ...INPUT, ...more });
    this.arn = this.cloud.engine.start({ stateMachineArn, input }).executionArn;
  }

  /** Ends of the execution, redriven so often at most. */
  async end(redrives = 0): Promise<readonly [string, string | undefined]> {
    const { engine } = this.cloud;
    for (let left = redrives; ; left -= 1) {
      const { status, cause } = await engine.finished(this.arn);
      if (status === 'SUCCEEDED' || left === 0) return [status, cause];
      engine.redrive(this.arn);
    }
  }

  /** Stops the execution right behind the nth call of a state that this is true of; waits until all is quiet. */
  async stopAt(state: string, is: (call: TaskCall) => boolean, nth = 1): Promise<string> {
    const { cloud } = this;
    let left = nth;
    const silence = cloud.onCall((call) => {
      if (call.state !== state || !is(call)) return;
      left -= 1;
      if (left === 0) cloud.engine.stop(this.arn);
    });
    this.start();
    const { status } = await cloud.engine.finished(this.arn);
    silence();
    await cloud.clock.sleep(60_000);
    return status;
  }

  /** Id of the execution's run. */
  get run(): string {
    const { items } = this.cloud.engine.history(this.arn, { maxResults: 100 });
    return /run-\d{8}-[0-9a-f]{10}/.exec(JSON.stringify(items))![0];
  }

  /** Gives the run up; returns how the release ended. */
  async release(): Promise<readonly [string, string | undefined]> {
    const { engine } = this.cloud;
    const stateMachineArn = this.cloud.machineArn('example-clickstream-release');
    const input = JSON.stringify({ run: this.run });
    const { executionArn } = engine.start({ stateMachineArn, input });
    const { status, cause } = await engine.finished(executionArn);
    return [status, cause];
  }

  /** Calls of the task so far that change something of the servers. */
  get changes(): string[] {
    return this.cloud.calls
      .filter(({ task, service }) => task === 'RefreshIngestion' && service !== 'dynamodb')
      .map(({ operation }) => operation)
      .filter((operation) => !/^(Get|List|Describe)/.test(operation));
  }

  /** Old servers, those of the warm pool as well. */
  get old(): string[] {
    const { instances, template } = this.fleet.group;
    return instances.filter((one) => one.template !== template).map(({ id }) => id);
  }

  /** Looks when all has settled: sizes as before, and at no moment fewer healthy tasks, none cut off. */
  async expectWhole(): Promise<void> {
    await this.cloud.clock.sleep(SETTLED_MS);
    expect(sizesOf(this.fleet)).toEqual(this.before);
    const { healthy, cutOff, group } = this.fleet;
    expect([this.fleet.least(), healthy, cutOff]).toEqual([2, 2, 0]);
    expect(group.living.map(({ agent }) => agent)).toEqual(['ACTIVE', 'ACTIVE']);
    expect(this.cloud.problems).toEqual([]);
  }

  /** That, and every server is new. */
  async expectRefreshed(): Promise<void> {
    await this.expectWhole();
    expect(this.old).toEqual([]);
  }
}
