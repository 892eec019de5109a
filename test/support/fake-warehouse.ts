// The Data API over a warehouse of script: statements take time on a clock that jumps, write log
// rows, and can be found for as long as the real service finds them. Its rules come from the Data
// API's documentation; the rehearsal's stand-in over PostgreSQL is the independent second opinion.

import { randomUUID } from 'node:crypto';

const HOUR = 3_600_000;

export interface ScriptedStatement {
  /** Seconds it runs. */
  readonly seconds?: number;
  readonly ends?: 'FINISHED' | 'FAILED';
  readonly error?: string;
  /** Log rows it writes, with seconds after its start; level info unless said. */
  readonly logs?: readonly {
    readonly at?: number;
    readonly level?: string;
    readonly message: string;
  }[];
  readonly rows?: readonly Record<string, string>[];
  /** Which statement of a transaction failed, from 1. */
  readonly failedPart?: number;
}

export interface Submitted {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  /** The statements of a transaction; `sql` is the first. */
  readonly sqls?: readonly string[];
  readonly parameters: Record<string, string>;
  readonly token: string;
  readonly role: string;
  readonly startedAt: number;
  readonly script: ScriptedStatement;
  cancelledAt?: number;
}

export class FakeClock {
  constructor(private time = Date.parse('2026-01-01T00:00:00Z')) {}
  now = (): number => this.time;
  sleep = async (ms: number): Promise<void> => {
    this.time += ms;
  };
  pass(ms: number): void {
    this.time += ms;
  }
}

class ServiceFault extends Error {
  constructor(name: string, message = name) {
    super(message);
    this.name = name;
  }
}

export class FakeWarehouse {
  readonly statements: Submitted[] = [];
  /** API calls by name, in order. */
  readonly calls: string[] = [];
  mayList = true;
  mayCancel = true;
  /** Whether the query history shows the comment that opens a statement. */
  historyKeepsComments = true;
  /** Called before an API call; may throw. */
  before: (call: string, input: Record<string, unknown>) => void = () => undefined;
  /** Called after an API call took effect; throwing means that its answer is lost. */
  after: (call: string, input: Record<string, unknown>) => void = () => undefined;
  /** Called when the clock has moved inside a long poll. */
  onWait: () => void = () => undefined;

  constructor(
    readonly clock: FakeClock,
    private readonly script: (
      sql: string,
      parameters: Record<string, string>,
      nth: number,
    ) => ScriptedStatement,
  ) {}

  /** Statements of the work itself, without the reading ones. */
  get work(): Submitted[] {
    return this.statements.filter(({ name }) => /\d;$/.test(name));
  }

  state(statement: Submitted): string {
    if (statement.cancelledAt !== undefined) return 'ABORTED';
    const end = statement.startedAt + (statement.script.seconds ?? 0) * 1_000;
    return this.clock.now() < end ? 'STARTED' : (statement.script.ends ?? 'FINISHED');
  }

  /** The client the DataApi wrapper is given. */
  readonly client = {
    send: async (command: { constructor: { name: string }; input: object }): Promise<never> => {
      const call = command.constructor.name.replace(/Command$/, '');
      const input = command.input as Record<string, unknown>;
      this.calls.push(call);
      this.before(call, input);
      const answer = this.answer(call, input);
      this.after(call, input);
      return answer as never;
    },
  };

  private answer(call: string, input: Record<string, unknown>): unknown {
    switch (call) {
      case 'ExecuteStatement':
      case 'BatchExecuteStatement':
        return this.execute(input);
      case 'DescribeStatement':
        return this.describe(input);
      case 'GetStatementResult':
        return this.result(input);
      case 'CancelStatement':
        return this.cancel(input);
      case 'ListStatements':
        return this.list(input);
      default:
        throw new Error(`no fake for ${call}`);
    }
  }

  private execute(input: Record<string, unknown>) {
    const {
      Sqls,
      Sql = Sqls![0]!,
      StatementName,
      ClientToken,
      Parameters,
      WaitTimeSeconds,
    } = input as {
      Sql?: string;
      Sqls?: string[];
      StatementName: string;
      ClientToken: string;
      Parameters?: { name: string; value: string }[];
      WaitTimeSeconds?: number;
    };
    const known = this.statements.find(
      ({ token, startedAt }) => token === ClientToken && this.clock.now() - startedAt < 8 * HOUR,
    );
    const parameters = Object.fromEntries(
      (Parameters ?? []).map(({ name, value }) => [name, value]),
    );
    const statement: Submitted = known ?? {
      id: randomUUID(),
      name: StatementName,
      sql: Sql,
      sqls: Sqls,
      parameters,
      token: ClientToken,
      role: 'role',
      startedAt: this.clock.now(),
      script: this.reading(Sql, parameters) ?? this.script(Sql, parameters, this.work.length),
    };
    if (!known) this.statements.push(statement);
    this.wait(statement, WaitTimeSeconds ?? 0);
    return { Id: statement.id, Status: this.state(statement) };
  }

  /** Answers for the two reading files, from what the statements so far have done. */
  private reading(sql: string, parameters: Record<string, string>): ScriptedStatement | undefined {
    if (sql.includes('from sys_query_history')) {
      return { rows: this.history(parameters.comment!) };
    }
    if (!sql.includes('clock')) return undefined;
    const rows = this.logRows().filter(({ logged_at }) => logged_at >= parameters.since!);
    return {
      rows: [...rows, { id: '', level: 'clock', message: '', logged_at: stamp(this.clock.now()) }],
    };
  }

  private history(comment: string) {
    return this.statements
      .filter(
        ({ sql, startedAt }) =>
          this.historyKeepsComments &&
          sql.startsWith(comment) &&
          this.clock.now() - startedAt < 7 * 24 * HOUR,
      )
      .map((statement) => ({
        status: { STARTED: 'running', FINISHED: 'success', FAILED: 'failed', ABORTED: 'canceled' }[
          this.state(statement)
        ]!,
        error_message: statement.script.error ?? '',
        elapsed_time: '1000000',
      }));
  }

  /** Log rows written so far; a cancelled statement writes none after its end. */
  private logRows() {
    let id = 0;
    return this.statements.flatMap((statement) =>
      (statement.script.logs ?? []).flatMap(
        ({ at = statement.script.seconds ?? 0, level = 'info', message }) => {
          id += 1;
          const time = statement.startedAt + at * 1_000;
          const until = Math.min(
            this.clock.now(),
            statement.cancelledAt ?? Number.POSITIVE_INFINITY,
          );
          return time > until ? [] : [{ id: String(id), level, message, logged_at: stamp(time) }];
        },
      ),
    );
  }

  private describe(input: Record<string, unknown>) {
    const { Id, WaitTimeSeconds } = input as { Id: string; WaitTimeSeconds?: number };
    const statement = this.find(Id);
    this.wait(statement, WaitTimeSeconds ?? 0);
    const { error, failedPart } = statement.script;
    const parts = statement.sqls?.map((_, i) => ({
      Status: failedPart === undefined || i + 1 < failedPart ? 'FINISHED' : 'ABORTED',
      ...(i + 1 === failedPart ? { Status: 'FAILED', Error: error } : {}),
    }));
    const Status = this.state(statement);
    return { Id, Status, Error: error, Duration: 1e9, SubStatements: parts };
  }

  private result(input: Record<string, unknown>) {
    const { script } = this.find((input as { Id: string }).Id);
    const rows = script.rows ?? [];
    const names = Object.keys(rows[0] ?? {});
    return {
      ColumnMetadata: names.map((name) => ({ name })),
      Records: rows.map((row) => names.map((name) => ({ stringValue: row[name] }))),
    };
  }

  private cancel(input: Record<string, unknown>) {
    if (!this.mayCancel) throw new ServiceFault('AccessDeniedException');
    const statement = this.find((input as { Id: string }).Id);
    if (this.state(statement) !== 'STARTED') throw new ServiceFault('ValidationException');
    statement.cancelledAt = this.clock.now();
    return { Status: true };
  }

  private list(input: Record<string, unknown>) {
    if (!this.mayList) throw new ServiceFault('AccessDeniedException');
    const { StatementName } = input as { StatementName: string };
    return {
      Statements: this.statements
        .filter(
          ({ name, startedAt }) =>
            name.startsWith(StatementName) && this.clock.now() - startedAt < 24 * HOUR,
        )
        .map((statement) => ({ Id: statement.id, Status: this.state(statement) })),
    };
  }

  private find(id: string): Submitted {
    const statement = this.statements.find((one) => one.id === id);
    const end =
      statement && statement.startedAt + (statement.script.seconds ?? 0) * 1_000 + 24 * HOUR;
    if (!statement || this.clock.now() > end!) throw new ServiceFault('ResourceNotFoundException');
    return statement;
  }

  /** A long poll: the clock jumps to the statement's end, or by the waiting time. */
  private wait(statement: Submitted, seconds: number): void {
    if (this.state(statement) !== 'STARTED' || seconds === 0) return;
    const end = statement.startedAt + (statement.script.seconds ?? 0) * 1_000;
    this.clock.pass(Math.min(seconds * 1_000, end - this.clock.now()));
    this.onWait();
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
