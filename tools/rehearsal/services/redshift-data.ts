// Stand-in for the Redshift Data API: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
// It keeps statements, tokens and results; the SQL itself runs in ../warehouse.

import type { Clock, CloudEvent, Service, ServiceRequest } from '../types';
import { ServiceError } from '../types';
import { pageOf, sizeOf } from '../warehouse/results';
import { parametersOf } from '../warehouse/rewrites';
import { type StatementHooks, StatementRunner } from '../warehouse/runner';
import {
  type SqlParameter,
  Statement,
  type StatementCall,
  type SubStatement,
} from '../warehouse/statement';
import type { Warehouse } from '../warehouse/warehouse';

/** Properties of {@link RedshiftDataService}. */
export interface RedshiftDataOptions extends StatementHooks {
  readonly warehouses: readonly Warehouse[];
  readonly clock: Clock;
  /** Gets the events of statements that were run WithEvent. */
  readonly publish: (event: CloudEvent) => void;
}

interface SubmitInput {
  readonly Sql?: string;
  readonly Sqls?: readonly string[];
  readonly ExecutionMode?: 'TRANSACTION' | 'AUTO_COMMIT';
  readonly Parameters?: readonly SqlParameter[];
  readonly Database?: string;
  readonly WorkgroupName?: string;
  readonly ClusterIdentifier?: string;
  readonly DbUser?: string;
  readonly SecretArn?: string;
  readonly StatementName?: string;
  readonly WithEvent?: boolean;
  readonly ClientToken?: string;
  readonly WaitTimeSeconds?: number;
}

interface LookInput {
  readonly Id?: string;
  readonly NextToken?: string;
  readonly WaitTimeSeconds?: number;
}

interface ListInput {
  readonly StatementName?: string;
  readonly Status?: string;
  readonly Database?: string;
  readonly WorkgroupName?: string;
  readonly ClusterIdentifier?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

const HOUR_MS = 3_600_000;
const TOKEN_LIVES_MS = 8 * HOUR_MS;
const RESULT_LIVES_MS = 24 * HOUR_MS;
const MAX_TEXT_BYTES = 200 * 1024;
const MAX_SQLS = 40;
const MAX_ACTIVE = 500;
const MAX_LISTED = 100;
const SUBMIT_MEMBERS = new Set(
  `Sql Sqls ExecutionMode Parameters Database WorkgroupName ClusterIdentifier DbUser SecretArn
   StatementName WithEvent ClientToken WaitTimeSeconds ResultFormat`.split(/\s+/),
);

const seconds = (ms: number) => ms / 1000;
const refuse = (message: string) => new ServiceError('ValidationException', message);
const unknown = (message: string, id: string) =>
  new ServiceError('ResourceNotFoundException', message, 400, { ResourceId: id });

/** The Data API in front of the rehearsal's warehouses. */
export class RedshiftDataService implements Service {
  readonly target = 'RedshiftData';
  readonly protocol = 'json-1.1';
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
    const odd = Object.keys(input).filter((member) => !SUBMIT_MEMBERS.has(member));
    if (odd.length > 0) throw refuse(`the rehearsal does not know ${odd.join(', ')} of this call`);
    const sqls = batch ? (input.Sqls ?? []) : [input.Sql ?? ''];
    checkTexts(sqls);
    checkParameters(sqls, input.Parameters ?? []);
    checkWait(input.WaitTimeSeconds);
    if (input.ClientToken !== undefined && !/^.{1,64}$/.test(input.ClientToken)) {
      throw refuse('ClientToken must have a length between 1 and 64');
    }
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
    void this.runners.get(warehouse)!.run(statement);
    if (call.withEvent) void statement.ended.then(() => this.publish(statement, warehouse));
    return statement;
  }

  private async describe(request: ServiceRequest): Promise<Record<string, unknown>> {
    request.authorize('redshift-data:DescribeStatement', '*');
    const { Id, WaitTimeSeconds } = request.input as LookInput;
    checkWait(WaitTimeSeconds);
    const { statement, part } = this.find(request, Id);
    const shown = part ?? statement;
    if (WaitTimeSeconds) await this.wait(shown, WaitTimeSeconds, request.signal);
    const { call, parts, pid } = statement;
    const only = part ?? (call.batch ? undefined : parts[0]);
    return {
      ...(only ? describePart(only) : describePart(parts.at(-1)!)),
      Id,
      Status: shown.status,
      Error: shown.error,
      Duration: durationOf(shown),
      CreatedAt: seconds(shown.createdAt),
      UpdatedAt: seconds(shown.updatedAt),
      QueryString: only?.sql,
      QueryParameters: call.parameters.length > 0 ? call.parameters : undefined,
      HasResultSet: (only ? [only] : parts).some(({ result }) => result !== undefined),
      RedshiftPid: pid,
      ResultFormat: 'JSON',
      ExecutionMode: call.batch,
      SubStatements:
        call.batch && !part
          ? parts.map((each, index) => ({
              ...describePart(each),
              Id: `${statement.id}:${index + 1}`,
              QueryString: each.sql,
            }))
          : undefined,
      ...call.target,
    };
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
      Statements: all.slice(first, first + limit).map((statement) => ({
        Id: statement.id,
        QueryString: statement.call.batch ? undefined : statement.call.sqls[0],
        QueryStrings: statement.call.sqls,
        Status: statement.status,
        StatementName: statement.call.name,
        CreatedAt: seconds(statement.createdAt),
        UpdatedAt: seconds(statement.updatedAt),
        QueryParameters: statement.call.parameters,
        IsBatchStatement: statement.call.batch !== undefined,
        ResultFormat: 'JSON',
        SecretArn: statement.call.target.SecretArn,
      })),
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

  private publish(statement: Statement, { address }: Warehouse): void {
    const { clock, publish } = this.options;
    const [, , , region, account] = address.arn.split(':');
    const last = statement.parts.at(-1)!;
    publish({
      source: 'aws.redshift-data',
      'detail-type': 'Redshift Data Statement Status Change',
      account: account!,
      region: region!,
      time: new Date(clock.now()).toISOString(),
      resources: [address.arn],
      detail: {
        principal: statement.call.owner,
        statementName: statement.call.name ?? '',
        statementId: statement.id,
        redshiftQueryId: last.queryId,
        state: statement.status,
        rows: last.rows,
        expireAt: Math.floor(seconds(statement.updatedAt + RESULT_LIVES_MS)),
      },
    });
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

/** Which user of which database a call runs as; checks that the caller may be it. */
function placeOf(
  input: SubmitInput,
  warehouse: Warehouse,
  request: ServiceRequest,
): Pick<StatementCall, 'user' | 'database' | 'target'> {
  const { Database: database, SecretArn, DbUser } = input;
  if (!database) throw refuse('Database must be given');
  const { address } = warehouse;
  const where: Record<string, string> =
    address.kind === 'serverless'
      ? { WorkgroupName: address.workgroup }
      : { ClusterIdentifier: address.cluster };
  const place = (user: string, more = {}) => ({
    user,
    database,
    target: { ...where, Database: database, ...more },
  });
  if (SecretArn !== undefined) {
    request.authorize('secretsmanager:GetSecretValue', SecretArn);
    const user = warehouse.secrets[SecretArn];
    if (!user) throw refuse(`there is no secret ${SecretArn} with credentials of this warehouse`);
    return place(user, { SecretArn });
  }
  const iam = `${request.principal.kind === 'role' ? 'IAMR' : 'IAM'}:${request.principal.arn.split('/').at(-1)}`;
  if (address.kind === 'serverless') {
    if (DbUser !== undefined) throw refuse('DbUser cannot be given with WorkgroupName');
    request.authorize('redshift-serverless:GetCredentials', address.arn);
    return place(iam, { DbUser: iam });
  }
  if (DbUser === undefined) {
    request.authorize(
      'redshift:GetClusterCredentialsWithIAM',
      address.arn.replace(/:cluster:.*/, `:dbname:${address.cluster}/${database}`),
    );
    return place(iam, { DbUser: iam });
  }
  request.authorize(
    'redshift:GetClusterCredentials',
    address.arn.replace(/:cluster:.*/, `:dbuser:${address.cluster}/${DbUser}`),
  );
  return place(DbUser, { DbUser });
}

function checkTexts(sqls: readonly string[]): void {
  if (sqls.length < 1 || sqls.length > MAX_SQLS) {
    throw refuse(`Sqls must have between 1 and ${MAX_SQLS} members, got ${sqls.length}`);
  }
  if (sqls.some((sql) => sql.trim() === '')) throw refuse('Sql must not be empty');
  if (sqls.some((sql) => Buffer.byteLength(sql) > MAX_TEXT_BYTES)) {
    throw refuse('Cannot process query string larger than 200kB');
  }
}

function checkParameters(sqls: readonly string[], parameters: readonly SqlParameter[]): void {
  const given = parameters.map(({ name }) => name);
  for (const { name, value } of parameters) {
    if (!/^[0-9a-zA-Z_]+$/.test(name ?? '')) throw refuse(`parameter name ${name} is not valid`);
    if (typeof value !== 'string' || value === '') {
      throw refuse(`value of parameter ${name} must have length greater than or equal to 1`);
    }
  }
  const used = new Set(sqls.flatMap(parametersOf));
  const twice = given.filter((name, index) => given.indexOf(name) !== index);
  if (twice.length > 0) throw refuse(`Parameters are given twice: [${twice.join(', ')}]`);
  const unused = given.filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw refuse(
      `Parameters list contains unused parameters. Unused parameters: [${unused.join(', ')}]`,
    );
  }
  const missing = [...used].filter((name) => !given.includes(name));
  if (missing.length > 0) {
    throw refuse(`Parameters list lacks parameters of the statement: [${missing.join(', ')}]`);
  }
}

function checkWait(time: number | undefined): void {
  if (time !== undefined && !(Number.isInteger(time) && time >= 1 && time <= 30)) {
    throw refuse('WaitTimeSeconds must be an integer between 1 and 30');
  }
}

const durationOf = ({ over, startedAt, updatedAt }: Statement | SubStatement) =>
  over && startedAt !== undefined ? Math.round((updatedAt - startedAt) * 1e6) : -1;

const describePart = (part: SubStatement) => ({
  Status: part.status,
  Error: part.error,
  Duration: durationOf(part),
  CreatedAt: seconds(part.createdAt),
  UpdatedAt: seconds(part.updatedAt),
  HasResultSet: part.result !== undefined,
  ResultRows: part.rows,
  ResultSize: part.result ? sizeOf(part.result) : part.over ? 0 : -1,
  RedshiftQueryId: part.queryId,
});
