// What the simulated solution works with: stand-ins of the account, and SQL in two ways.

import type { Engine } from '../engine';
import type { Faults } from '../faults/faults';
import type { Iam } from '../iam/iam';
import type { Functions } from '../lambda/functions';
import type { CloudFormationService } from '../services/cloudformation';
import type { DynamoDbService } from '../services/dynamodb';
import type { EmrServerlessService } from '../services/emr-serverless';
import type { EventRulesService } from '../services/event-rules';
import type { EventBus } from '../services/events';
import type { RedshiftDataService } from '../services/redshift-data';
import type { ObjectStore } from '../services/s3';
import type { Fleet } from '../services/servers/fleet';
import { type Clock, LambdaFunctionError, type Principal } from '../types';
import type { Warehouse } from '../warehouse/warehouse';
import type { ClickstreamData } from './data';

export type Members = Readonly<Record<string, unknown>>;

/** Stand-ins of the account. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly clock: Clock;
  readonly iam: Iam;
  readonly faults: Faults;
  readonly engine: Engine;
  readonly functions: Functions;
  readonly store: ObjectStore;
  readonly tables: DynamoDbService;
  readonly bus: EventBus;
  readonly rules: EventRulesService;
  readonly emr: EmrServerlessService;
  readonly cloudformation: CloudFormationService;
  readonly warehouse: Warehouse;
  readonly data: RedshiftDataService;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly problems: Error[];
  readonly ingestion: readonly Fleet[];
}

/** Where everything of the solution stands. */
export class Ground {
  readonly role: Principal;

  constructor(
    readonly around: Surroundings,
    readonly solution: ClickstreamData,
  ) {
    this.role = { kind: 'role', arn: solution.dataApiRole, account: around.account };
  }

  get now(): number {
    return this.around.clock.now();
  }

  /** Asks or changes what no client sees, as superuser. */
  async ask<Row = Record<string, string>>(sql: string, values: readonly unknown[] = []) {
    const { rows } = await this.around.warehouse.query(sql, values);
    return rows as Row[];
  }

  /** A call of the Data API with the solution's role. */
  sql(operation: string, input: Members): Promise<Record<string, unknown>> {
    const { iam, region } = this.around;
    return this.around.data.call({
      operation,
      input: { ...input },
      principal: this.role,
      region,
      signal: new AbortController().signal,
      authorize: (...question) => iam.authorize(this.role, ...question),
    });
  }

  /** A call of DynamoDB, which everybody in the solution may make. */
  table(operation: string, input: Members): Promise<Record<string, unknown>> {
    const { tables, region } = this.around;
    const { signal } = new AbortController();
    const principal = this.role;
    const TableName = this.solution.loadFiles;
    return tables.call({
      operation,
      input: { TableName, ...input },
      principal,
      region,
      signal,
      authorize: () => {},
    });
  }

  machine(name: keyof ClickstreamData['machines']): string {
    const { partition, region, account } = this.around;
    return `arn:${partition}:states:${region}:${account}:stateMachine:${this.solution.machines[name]}`;
  }

  /** Executions of a machine that run, without one of them. */
  running(name: keyof ClickstreamData['machines'], but = ''): readonly string[] {
    const of = { stateMachineArn: this.machine(name), statusFilter: 'RUNNING' };
    const { items } = this.around.engine.listExecutions(of);
    return items.map(({ executionArn }) => executionArn).filter((arn) => arn !== but);
  }

  /** Does real work while time stands still; a mistake in it is one of the rehearsal. */
  async held(work: () => Promise<unknown>): Promise<void> {
    const release = this.around.clock.hold();
    try {
      await work();
    } catch (error) {
      this.around.problems.push(error as Error);
    } finally {
      release();
    }
  }
}

/** How a function of the solution fails. */
export const failure = (errorType: string, errorMessage: string): LambdaFunctionError =>
  new LambdaFunctionError(errorType, JSON.stringify({ errorType, errorMessage }));
