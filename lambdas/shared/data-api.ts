// The Redshift Data API as the tasks use it: submit, follow by long poll, read, find, cancel.
// It knows nothing of runs; who calls decides what an answer means.

import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { assertNever, isAccessDenied, StatementStoppedError, TryAgainError } from './errors';
import type { RenderedStatement, RenderedTransaction } from './sql';
import type { WarehouseTarget } from './warehouse-target';

export type { WarehouseTarget } from './warehouse-target';

/** Statuses of a statement that is over, and `running` for those of one that is not. */
export type StatementState = 'running' | 'finished' | 'failed' | 'aborted';

export interface StatementEnd {
  readonly state: StatementState;
  readonly error?: string;
  /** Which statement of a transaction it was that failed, from 1. */
  readonly part?: number;
  /** Seconds the warehouse worked on it. */
  readonly seconds: number;
}

/** A row of a result by column label; NULL is null, numbers beyond 2^53 must be cast to varchar in SQL. */
export type Row = Record<string, string | number | boolean | null>;

/** Longest wait of one call, see WaitTimeSeconds of DescribeStatement in the API reference. */
export const LONGEST_WAIT_SECONDS = 30;

export class DataApi {
  constructor(
    private readonly client: Pick<RedshiftDataClient, 'send'>,
    private readonly target: WarehouseTarget,
  ) {}

  /**
   * Submits a statement, or several as one transaction; the same token within 8 hours gives the same
   * id and starts nothing new.
   */
  async submit(
    statement: RenderedStatement | RenderedTransaction,
    name: string,
    token: string,
    waitSeconds: number,
  ): Promise<{ id: string; state: StatementState }> {
    const common = {
      ...this.where(),
      Parameters: statement.parameters.length > 0 ? statement.parameters : undefined,
      StatementName: name,
      ClientToken: token,
      WaitTimeSeconds: waitSeconds,
    };
    const answer =
      'sql' in statement
        ? await this.client.send(new ExecuteStatementCommand({ ...common, Sql: statement.sql }))
        : await this.client.send(
            new BatchExecuteStatementCommand({
              ...common,
              Sqls: [...statement.sqls],
              ExecutionMode: 'TRANSACTION',
            }),
          );
    return { id: answer.Id!, state: answer.Status ? stateOf(answer.Status) : 'running' };
  }

  /** How a statement stands, waiting up to `waitSeconds` for its end; undefined when its id has expired. */
  async describe(id: string, waitSeconds: number): Promise<StatementEnd | undefined> {
    try {
      const answer = await this.client.send(
        new DescribeStatementCommand({
          Id: id,
          WaitTimeSeconds: waitSeconds >= 1 ? Math.floor(waitSeconds) : undefined,
        }),
      );
      // Those that a failure kept from running are ABORTED; the one with an error is the culprit.
      const part = (answer.SubStatements ?? []).findIndex(
        ({ Status, Error: error }) => Status === 'FAILED' || error !== undefined,
      );
      return {
        state: stateOf(answer.Status!),
        error: answer.SubStatements?.[part]?.Error ?? answer.Error,
        ...(part < 0 ? {} : { part: part + 1 }),
        seconds: (answer.Duration ?? 0) / 1e9,
      };
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  /** All rows of a finished statement. Meant for counts and log lines, never for data. */
  async rows(id: string): Promise<Row[]> {
    const rows: Row[] = [];
    let next: string | undefined;
    do {
      const page = await this.client.send(
        new GetStatementResultCommand({ Id: id, NextToken: next }),
      );
      const labels = (page.ColumnMetadata ?? []).map((column) => column.label ?? column.name ?? '');
      for (const record of page.Records ?? []) {
        rows.push(Object.fromEntries(record.map((field, i) => [labels[i], fieldValue(field)])));
      }
      next = page.NextToken;
    } while (next);
    return rows;
  }

  /**
   * Runs a reading statement to its end within `seconds` and returns its rows. Who reads no longer
   * leaves nothing behind: a reading that takes longer, or whose execution was stopped, is cancelled.
   *
   * @param wanted asked in each round; false ends the reading
   * @throws TryAgainError when it was ended before it was through, by whomever
   */
  async read(
    statement: RenderedStatement,
    name: string,
    token: string,
    seconds: number,
    wanted: () => Promise<boolean>,
  ): Promise<Row[]> {
    const { id, state, error } = await this.run(statement, name, token, seconds, wanted);
    if (state === 'finished') return this.rows(id);
    throw new StatementStoppedError(`${name} ended ${state}: ${error ?? 'no reason given'}`);
  }

  /**
   * Runs a short statement to its end, whatever it is; the same token within 8 hours starts nothing new.
   *
   * @param wanted asked in each round; false ends the statement
   * @throws TryAgainError when it was ended before it was through, by whomever
   */
  async run(
    statement: RenderedStatement,
    name: string,
    token: string,
    seconds: number,
    wanted: () => Promise<boolean>,
  ): Promise<StatementEnd & { readonly id: string }> {
    let { id, state } = await this.submit(
      statement,
      name,
      token,
      Math.min(seconds, LONGEST_WAIT_SECONDS),
    );
    let left = seconds - LONGEST_WAIT_SECONDS;
    let end: StatementEnd | undefined;
    while (state === 'running') {
      const stopped = !(await wanted());
      if (stopped || left <= 0) {
        await this.cancel(id);
        const reason = stopped ? 'its execution was stopped' : `it took more than ${seconds} s`;
        throw new TryAgainError(`${name} was given up: ${reason}`);
      }
      end = await this.describe(id, Math.min(left, LONGEST_WAIT_SECONDS));
      left -= LONGEST_WAIT_SECONDS;
      state = end?.state ?? 'aborted';
    }
    if (state === 'aborted') throw new TryAgainError(`${name} was cancelled`);
    if (state === 'failed') end ??= await this.describe(id, 0);
    return { id, state, error: end?.error, seconds: end?.seconds ?? 0 };
  }

  /**
   * Asks the warehouse to stop a statement.
   *
   * @returns `denied` when the role may not cancel; `asked` otherwise, also when it was over already
   */
  async cancel(id: string): Promise<'asked' | 'denied'> {
    try {
      await this.client.send(new CancelStatementCommand({ Id: id }));
    } catch (error) {
      if (isAccessDenied(error)) return 'denied';
      const { name } = error as Error;
      if (name !== 'ValidationException' && name !== 'ResourceNotFoundException') throw error;
    }
    return 'asked';
  }

  /** Ids of our statements of the last 24 hours whose name starts with `prefix`; `denied` without the right to list. */
  async find(prefix: string, runningOnly = false): Promise<string[] | 'denied'> {
    const ids: string[] = [];
    let next: string | undefined;
    try {
      do {
        const page = await this.client.send(
          new ListStatementsCommand({
            StatementName: prefix,
            Status: 'ALL',
            RoleLevel: true,
            MaxResults: 100,
            NextToken: next,
          }),
        );
        for (const { Id, Status } of page.Statements ?? []) {
          if (!runningOnly || stateOf(Status!) === 'running') ids.push(Id!);
        }
        next = page.NextToken;
      } while (next);
    } catch (error) {
      if (isAccessDenied(error)) return 'denied';
      throw error;
    }
    return ids;
  }

  private where() {
    const { workgroup, cluster, database, dbUser, secretArn } = this.target;
    return {
      WorkgroupName: workgroup,
      ClusterIdentifier: cluster,
      Database: database,
      DbUser: secretArn === undefined ? dbUser : undefined,
      SecretArn: secretArn,
    };
  }
}

function stateOf(status: string): StatementState {
  const known = status as 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';
  switch (known) {
    case 'SUBMITTED':
    case 'PICKED':
    case 'STARTED':
      return 'running';
    case 'FINISHED':
      return 'finished';
    case 'FAILED':
      return 'failed';
    case 'ABORTED':
      return 'aborted';
    default:
      return assertNever(known);
  }
}

function fieldValue(field: object): Row[string] {
  const [member, value] = Object.entries(field)[0]!;
  return member === 'isNull' ? null : (value as Row[string]);
}
