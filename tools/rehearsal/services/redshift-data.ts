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
  checkSubmit,
  checkWait,
  type ListInput,
  type LookInput,
  placeOf,
  refuse,
  type SubmitInput,
} from '../warehouse/input';
import { pageOf } from '../warehouse/results';
import { type StatementHooks, StatementRunner } from '../warehouse/runner';
import { described, endedEvent, listed, RESULT_LIVES_MS, seconds } from '../warehouse/shapes';
import { Statement, type StatementCall, type SubStatement } from '../warehouse/statement';
import type { Warehouse } from '../warehouse/warehouse';

/** Properties of {@link RedshiftDataService}. */
export interface RedshiftDataOptions extends StatementHooks {
  readonly warehouses: readonly Warehouse[];
  readonly clock: Clock;
  /** Gets the events of statements that were run WithEvent. */
  readonly publish: (event: CloudEvent) => void;
}

const TOKEN_LIVES_MS = 8 * 3_600_000;
const MAX_ACTIVE = 500;
const MAX_LISTED = 100;

const unknown = (message: string, id: string) =>
  new ServiceError('ResourceNotFoundException', message, 400, { ResourceId: id });

/** The Data API in front of the rehearsal's warehouses. */
export class RedshiftDataService implements Service {
  readonly target = 'RedshiftData';
  readonly protocol = 'json-1.1';
  /** Statements so far, for summaries. */
  readonly counts = { submitted: 0, finished: 0, failed: 0 };
  private readonly statements = new Map<string, Statement>();
  private readonly tokens = new Map<string, Statement>();
  private readonly runners = new Map<Warehouse, StatementRunner>();

  constructor(private readonly options: RedshiftDataOptions) {
    for (const warehouse of options.warehouses) {
      this.runners.set(warehouse, new StatementRunner(warehouse, options.clock, options));
    }
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
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
        throw refuse(`the rehearsal's Redshift Data API has no operation ${request.operation}`);
    }
  }

  private async submit(request: ServiceRequest): Promise<Record<string, unknown>> {
    const input = request.input as SubmitInput;
    const batch = request.operation === 'BatchExecuteStatement';
    const sqls = batch ? (input.Sqls ?? []) : [input.Sql ?? ''];
    checkSubmit(input, sqls);
    const warehouse = this.warehouseOf(input);
    const place = placeOf(input, warehouse, request);
    request.authorize(`redshift-data:${request.operation}`, warehouse.address.arn);
    const owner = request.principal.arn;
    const token = input.ClientToken && `${owner} ${input.ClientToken}`;
    let statement = token === undefined ? undefined : this.tokens.get(token);
    if (!statement) {
      statement = this.begin(warehouse, {
        ...place,
        owner,
        sqls,
        parameters: input.Parameters ?? [],
        batch: batch ? (input.ExecutionMode ?? 'TRANSACTION') : undefined,
        name: input.StatementName,
        withEvent: input.WithEvent ?? false,
      });
      if (token) this.tokens.set(token, statement);
    }
    const answer = {
      Id: statement.id,
      CreatedAt: seconds(statement.createdAt),
      ...statement.call.target,
    };
    if (input.WaitTimeSeconds === undefined) return answer;
    await this.wait(statement, input.WaitTimeSeconds, request.signal);
    const { status, pid, parts } = statement;
    return {
      ...answer,
      Status: status,
      RedshiftPid: pid,
      HasResultSet: parts.some(({ result }) => result !== undefined),
    };
  }

  private begin(warehouse: Warehouse, call: StatementCall): Statement {
    const active = [...this.statements.values()].filter(({ over }) => !over).length;
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
    const { Id, WaitTimeSeconds } = request.input as LookInput;
    checkWait(WaitTimeSeconds);
    const { statement, part } = this.find(request, Id);
    if (WaitTimeSeconds) await this.wait(part ?? statement, WaitTimeSeconds, request.signal);
    return { ...described(statement, part), Id };
  }

  private async result(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:GetStatementResult', '*');
    const { Id, NextToken, WaitTimeSeconds } = request.input as LookInput;
    checkWait(WaitTimeSeconds);
    const { statement, part = statement.parts[0]! } = this.find(request, Id);
    if (WaitTimeSeconds) await this.wait(part, WaitTimeSeconds, request.signal);
    const { result } = part;
    if (part.status !== 'FINISHED' || !result) {
      throw unknown(
        'Query does not have result. Please check query status with DescribeStatement.',
        Id!,
      );
    }
    const { page, next } = pageOf(result, NextToken);
    return {
      Records: page,
      ColumnMetadata: result.columns,
      TotalNumRows: result.records.length,
      NextToken: next,
    };
  }

  private async cancel(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:CancelStatement', '*');
    const { statement } = this.find(request, (request.input as LookInput).Id);
    if (statement.over) {
      throw refuse(`Could not cancel a query that is already in ${statement.status} state.`);
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
    const input = request.input as ListInput;
    // Without a Status only finished statements are shown, says the API's reference.
    const status = input.Status ?? 'FINISHED';
    const limit = input.MaxResults || MAX_LISTED;
    if (limit > MAX_LISTED) throw refuse(`MaxResults must be at most ${MAX_LISTED}`);
    const all = [...this.statements.values()]
      .reverse()
      .filter(
        ({ call, status: own }) =>
          call.owner === request.principal.arn &&
          (status === 'ALL' || own === status) &&
          (call.name ?? '').startsWith(input.StatementName ?? '') &&
          (['Database', 'WorkgroupName', 'ClusterIdentifier'] as const).every(
            (member) => input[member] === undefined || input[member] === call.target[member],
          ),
      );
    const first = input.NextToken ? all.findIndex(({ id }) => id === input.NextToken) : 0;
    if (first < 0) throw refuse('NextToken is not valid');
    return {
      Statements: all.slice(first, first + limit).map(listed),
      NextToken: all[first + limit]?.id,
    };
  }

  /** Statements of another role do not exist for the caller. */
  private find(
    { principal }: ServiceRequest,
    id = '',
  ): { statement: Statement; part: SubStatement | undefined } {
    const match = /^([a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})(?::(\d{1,2}))?$/.exec(id);
    if (!match) throw refuse(`id ${id} does not have the form of a statement id`);
    const statement = this.statements.get(match[1]!);
    const part =
      match[2] && statement?.call.batch ? statement.parts[Number(match[2]) - 1] : undefined;
    if (!statement || statement.call.owner !== principal.arn || (match[2] && !part)) {
      throw unknown('Query does not exist.', id);
    }
    return { statement, part };
  }

  private warehouseOf({ WorkgroupName, ClusterIdentifier }: SubmitInput): Warehouse {
    const found = this.options.warehouses.find(({ address }) =>
      address.kind === 'serverless'
        ? [address.workgroup, address.arn].includes(WorkgroupName ?? '')
        : address.cluster === ClusterIdentifier,
    );
    if (!found) throw refuse("Redshift endpoint doesn't exist in this region.");
    return found;
  }

  private async wait(what: Statement | SubStatement, time: number, signal: AbortSignal) {
    if (what.over) return;
    const enough = new AbortController();
    const either = AbortSignal.any([enough.signal, signal]);
    const slept = this.options.clock.sleep(time * 1000, either).catch(() => {});
    await Promise.race([what.ended, slept]);
    enough.abort();
  }

  private forget(): void {
    const now = this.options.clock.now();
    for (const [id, { over, updatedAt }] of this.statements) {
      if (over && updatedAt + RESULT_LIVES_MS <= now) this.statements.delete(id);
    }
    for (const [token, { createdAt }] of this.tokens) {
      if (createdAt + TOKEN_LIVES_MS <= now) this.tokens.delete(token);
    }
  }
}
