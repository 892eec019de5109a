// A warehouse with the Data API before it, called the way a client would.

import { setTimeout as delay } from 'node:timers/promises';
import { RealClock } from '../../rehearsal/clock/real';
import { RedshiftDataService } from '../../rehearsal/services/redshift-data';
import type { Clock, CloudEvent } from '../../rehearsal/types';
import type { StatementHooks } from '../../rehearsal/warehouse/runner';
import { Warehouse, type WarehouseOptions } from '../../rehearsal/warehouse/warehouse';

export const OWNER = 'arn:aws:iam::000000000000:role/clickstream-redshift-data-api';
export const STRANGER = 'arn:aws:iam::000000000000:role/somebody-else';

/** The computer's time, put forward by tests. */
export class ShiftedClock extends RealClock {
  shift = 0;

  override now(): number {
    return super.now() + this.shift;
  }

  override at(instant: number, callback: () => void): () => void {
    return super.at(instant - this.shift, callback);
  }
}

export type Answer = Record<string, unknown>;

export interface HarnessOptions extends StatementHooks, Partial<WarehouseOptions> {
  readonly clock?: Clock;
}

export class Harness {
  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const clock = options.clock ?? new RealClock();
    const warehouse = await Warehouse.start({
      database: 'my_project_ab12',
      scenarioSql: [],
      ...options,
      clock,
    });
    return new Harness(warehouse, clock, options);
  }

  readonly events: CloudEvent[] = [];
  readonly authorized: string[] = [];
  readonly service: RedshiftDataService;

  private constructor(
    readonly warehouse: Warehouse,
    readonly clock: Clock,
    hooks: StatementHooks,
  ) {
    this.service = new RedshiftDataService({
      warehouses: [warehouse],
      clock,
      publish: (event) => this.events.push(event),
      faults: hooks.faults,
      pretend: hooks.pretend,
    });
  }

  call(operation: string, input: Answer, role = OWNER): Promise<Answer> {
    return this.service.call({
      operation,
      input,
      principal: { kind: 'role', arn: role, account: '000000000000' },
      region: 'us-east-1',
      signal: new AbortController().signal,
      authorize: (action, resource) => this.authorized.push(`${action} ${resource}`),
    });
  }

  /** Starts a statement; returns its id. */
  async submit(sql: string, more: Answer = {}, role = OWNER): Promise<string> {
    const target = { Database: 'my_project_ab12', WorkgroupName: 'my-project-ab12' };
    const { Id } = await this.call('ExecuteStatement', { Sql: sql, ...target, ...more }, role);
    return Id as string;
  }

  /** Waits for the end of a statement; returns its description. */
  async end(id: string, role = OWNER): Promise<Answer> {
    for (;;) {
      const answer = await this.call('DescribeStatement', { Id: id, WaitTimeSeconds: 30 }, role);
      if (['FINISHED', 'FAILED', 'ABORTED'].includes(answer.Status as string)) return answer;
    }
  }

  /** Runs a statement to its end. */
  async run(sql: string, more: Answer = {}, role = OWNER): Promise<Answer> {
    return this.end(await this.submit(sql, more, role), role);
  }

  /** Runs a query; returns its values. */
  async rows(sql: string, more: Answer = {}, role = OWNER): Promise<unknown[][]> {
    const { Id, Error: error } = await this.run(sql, more, role);
    if (error) throw new Error(String(error));
    const { Records } = await this.call('GetStatementResult', { Id }, role);
    return (Records as Answer[][]).map((row) =>
      row.map((field) => (field.isNull ? null : Object.values(field)[0])),
    );
  }

  /** Asks the database until a query returns true. */
  async until(sql: string): Promise<void> {
    for (;;) {
      const { rows } = await this.warehouse.query(`select (${sql}) as reached`);
      if (rows[0].reached) return;
      await delay(10);
    }
  }

  stop(): Promise<void> {
    return this.warehouse.stop();
  }
}
