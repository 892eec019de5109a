// Stand-in for the Redshift Data API: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
// It keeps statements, tokens and results; the SQL itself runs in ../warehouse.

import {
  type Clock,
  type CloudEvent,
  type Service,
  ServiceError,
  type ServiceRequest,
} from '../types';
import {
  CANCEL,
  DESCRIBE,
  LIST,
  placeOf,
  RESULT,
  readSubmission,
  warehouseOf,
} from '../warehouse/input';
import { pageOf } from '../warehouse/results';
import { type StatementHooks, StatementRunner } from '../warehouse/runner';
import { described, endedEvent, listed, RESULT_LIVES_MS, seconds } from '../warehouse/shapes';
import { Statement, type StatementCall, type SubStatement } from '../warehouse/statement';
import type { Warehouse } from '../warehouse/warehouse';
import { read, refuse } from './members';
import { Throttle } from './throttle';

/** Properties of {@link RedshiftDataService}. */
export interface RedshiftDataOptions extends StatementHooks {
  readonly warehouses: readonly Warehouse[];
  readonly clock: Clock;
  /** Gets the events of statements that were run WithEvent. */
  readonly publish: (event: CloudEvent) => void;
  /**
   * Whether calls above AWS's rates are refused.
   *
   * @default false
   */
  readonly throttling?: boolean;
}

const TOKEN_LIVES_MS = 8 * 3_600_000;
const MAX_ACTIVE = 500;
const MAX_LISTED = 100;
/** The number is not published; two are a worker and its successor. */
const MAX_WAITING = 2;

/** Calls a second: https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html */
const RATES: Readonly<Record<string, number>> = {
  ExecuteStatement: 30,
  BatchExecuteStatement: 20,
  DescribeStatement: 100,
  GetStatementResult: 20,
  CancelStatement: 3,
  ListStatements: 3,
};

const unknown = (message: string, id: string) =>
  new ServiceError('ResourceNotFoundException', message, 400, { ResourceId: id });

/** The Data API in front of the rehearsal's warehouses. */
export class RedshiftDataService implements Service {
  readonly target = 'RedshiftData';
  readonly protocol = 'json-1.1';
  /** Statements so far, for summaries. */
  readonly counts = { submitted: 0, finished: 0, failed: 0 };
  private readonly statements = new Map<string, Statement>();
  private readonly tokens = new Map<string, { statement: Statement; request: string }>();
  private readonly throttle: Throttle;
  private readonly runners = new Map<Warehouse, StatementRunner>();

  constructor(private readonly options: RedshiftDataOptions) {
    this.throttle = new Throttle(options.clock, options.throttling ? RATES : {});
    for (const warehouse of options.warehouses) {
      this.runners.set(warehouse, new StatementRunner(warehouse, options.clock, options));
    }
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    this.throttle.take(request.operation);
    this.forget();
    switch (request.operation) {
      case 'ExecuteStatement':
      case 'BatchExecuteStatement':
        return this.submit(request);
      case 'DescribeStatement':
        return this.describe(request);
      case 'GetStatementResult':
        return this.result(request);
      case 'CancelStatement':
        return this.cancel(request);
      case 'ListStatements':
        return this.list(request);
      default:
        throw new ServiceError(
          'UnknownOperationException',
          `the rehearsal's Redshift Data API has no operation ${request.operation}`,
        );
    }
  }

  private async submit(request: ServiceRequest): Promise<Record<string, unknown>> {
    const input = readSubmission(request);
    const { sqls, parameters, batch, StatementName: name, WithEvent: withEvent = false } = input;
    const warehouse = warehouseOf(this.options.warehouses, input);
    const { arn } = warehouse.address;
    const place = placeOf(input, warehouse, request);
    request.authorize(`redshift-data:${request.operation}`, arn);
    const owner = request.principal.arn;
    const call: StatementCall = { ...place, arn, owner, sqls, parameters, batch, name, withEvent };
    const statement = this.once(input.ClientToken, call, () => this.begin(warehouse, call));
    const answer = {
      Id: statement.id,
      CreatedAt: seconds(statement.createdAt),
      ...statement.call.target,
    };
    if (input.WaitTimeSeconds === undefined) return answer;
    // Too many who wait are no error of this operation: it answers at once.
    if (statement.waiting < MAX_WAITING) {
      await this.wait(statement, statement, input.WaitTimeSeconds, request.signal);
    }
    const { status, pid, parts } = statement;
    return {
      ...answer,
      Status: status,
      RedshiftPid: pid,
      HasResultSet: parts.some(({ result }) => result !== undefined),
    };
  }

  /** The same token within its time gives the same statement; with another call it is refused. */
  private once(
    clientToken: string | undefined,
    call: StatementCall,
    begin: () => Statement,
  ): Statement {
    if (clientToken === undefined) return begin();
    const token = `${call.owner} ${clientToken}`;
    const request = JSON.stringify(call);
    const known = this.tokens.get(token);
    if (known && known.request !== request) {
      throw refuse('ClientToken was used before with different parameters');
    }
    const statement = known?.statement ?? begin();
    if (!known) this.tokens.set(token, { statement, request });
    return statement;
  }

  private begin(warehouse: Warehouse, call: StatementCall): Statement {
    const active = [...this.statements.values()].filter(
      (other) => !other.over && other.call.arn === call.arn,
    ).length;
    if (active >= MAX_ACTIVE) {
      throw new ServiceError(
        'ActiveStatementsExceededException',
        `Active statements exceeded the allowed quota (${MAX_ACTIVE}).`,
      );
    }
    const statement = new Statement(call, this.options.clock.now());
    this.statements.set(statement.id, statement);
    this.counts.submitted++;
    void this.runners.get(warehouse)!.run(statement);
    void statement.ended.then(() => {
      this.counts[statement.status === 'FINISHED' ? 'finished' : 'failed']++;
    });
    if (call.withEvent) {
      const { clock, publish } = this.options;
      void statement.ended.then(() => publish(endedEvent(statement, warehouse, clock.now())));
    }
    return statement;
  }

  private async describe(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:DescribeStatement', '*');
    const { Id, WaitTimeSeconds } = read(request.input, DESCRIBE);
    const { statement, part } = this.find(request, Id);
    await this.waitOrRefuse(part ?? statement, statement, WaitTimeSeconds, request.signal);
    return { ...described(statement, part), Id };
  }

  private async result(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:GetStatementResult', '*');
    const { Id, NextToken, WaitTimeSeconds } = read(request.input, RESULT);
    const { statement, part } = this.find(request, Id);
    await this.waitOrRefuse(part ?? statement, statement, WaitTimeSeconds, request.signal);
    // A batch has no result of its own: its statements have.
    const of = part ?? (statement.call.batch ? undefined : statement.parts[0]);
    if (of?.status !== 'FINISHED' || !of.result) {
      throw unknown(
        'Query does not have result. Please check query status with DescribeStatement.',
        Id,
      );
    }
    const { page, next } = pageOf(of.result, NextToken);
    return {
      Records: page,
      ColumnMetadata: of.result.columns,
      TotalNumRows: of.result.records.length,
      NextToken: next,
    };
  }

  private async cancel(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:CancelStatement', '*');
    const { Id } = read(request.input, CANCEL);
    const { statement, part } = this.find(request, Id);
    if (part) throw refuse(`${Id} is a statement of a batch: the batch is what can be cancelled`);
    if (statement.over) {
      throw refuse(
        `Could not cancel a query that is already in ${statement.status} state with ID: ${Id}`,
      );
    }
    if (statement.status === 'SUBMITTED') {
      for (const each of [...statement.parts, statement]) {
        each.move('ABORTED', this.options.clock.now());
      }
    }
    statement.cancel.abort();
    return { Status: true };
  }

  private async list(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:ListStatements', '*');
    const input = read(request.input, LIST);
    const { WorkgroupName, ClusterIdentifier, Database, RoleLevel = true } = input;
    // Sessions of a role are not told apart here.
    if (!RoleLevel) throw refuse('the rehearsal does not know RoleLevel false');
    const named = WorkgroupName ?? ClusterIdentifier;
    const arn = named && warehouseOf(this.options.warehouses, input).address.arn;
    // Without a Status only finished statements are shown, says the API's reference.
    const status = input.Status ?? 'FINISHED';
    const limit = input.MaxResults || MAX_LISTED;
    const all = [...this.statements.values()]
      .reverse()
      .filter(
        ({ call, status: own }) =>
          call.owner === request.principal.arn &&
          (status === 'ALL' || own === status) &&
          (call.name ?? '').startsWith(input.StatementName ?? '') &&
          (Database === undefined || Database === call.database) &&
          (!arn || arn === call.arn),
      );
    const first = input.NextToken ? all.findIndex(({ id }) => id === input.NextToken) : 0;
    if (first < 0) throw refuse('NextToken is not valid');
    return {
      Statements: all.slice(first, first + limit).map(listed),
      NextToken: all[first + limit]?.id,
    };
  }

  /** Statements of another role do not exist for the caller. */
  private find({ principal }: ServiceRequest, id: string) {
    const [whole, suffix] = id.split(':') as [string, string | undefined];
    const statement = this.statements.get(whole);
    const part: SubStatement | undefined =
      suffix && statement?.call.batch ? statement.parts[Number(suffix) - 1] : undefined;
    const known = statement?.call.owner === principal.arn && (suffix === undefined || part);
    if (!known) throw unknown('Query does not exist.', id);
    return { statement, part };
  }

  /** Waits for the end of a statement, unless it is over or too many wait for it already. */
  private async waitOrRefuse(
    what: Statement | SubStatement,
    statement: Statement,
    time: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (time === undefined || what.over) return;
    if (statement.waiting >= MAX_WAITING) {
      throw new ServiceError(
        'ActiveWaitingRequestsExceededException',
        `Active requests that wait for the statement exceeded the allowed quota (${MAX_WAITING}).`,
      );
    }
    await this.wait(what, statement, time, signal);
  }

  private async wait(
    what: Statement | SubStatement,
    statement: Statement,
    time: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (what.over) return;
    const enough = new AbortController();
    const either = AbortSignal.any([enough.signal, signal]);
    const slept = this.options.clock.sleep(time * 1000, either).catch(() => {});
    statement.waiting++;
    await Promise.race([what.ended, slept]);
    statement.waiting--;
    enough.abort();
  }

  private forget(): void {
    const now = this.options.clock.now();
    for (const [id, { over, updatedAt }] of this.statements) {
      if (over && updatedAt + RESULT_LIVES_MS <= now) this.statements.delete(id);
    }
    for (const [token, { statement }] of this.tokens) {
      if (statement.createdAt + TOKEN_LIVES_MS <= now) this.tokens.delete(token);
    }
  }
}
