// A state machine of somebody else as its API shows it: executions that take time on a clock that jumps and
// end as a script says. Rules of names, tokens and redrives are those of the API reference.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html

import type { FakeClock } from './fake-warehouse';
import { serviceError } from './runs';

/** How a start or a redrive goes. */
export interface ScriptedTry {
  readonly seconds?: number;
  readonly ends?: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** What the machine's function answered about the statement that failed. */
  readonly reason?: string;
  /** Element of the list it was at. */
  readonly index?: number;
  /** Id of that statement. */
  readonly queryId?: string;
  /** It ends in a Fail state, as the solution's machines do. */
  readonly failState?: boolean;
}

export interface FakeExecution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  readonly tries: { readonly at: number; readonly script: ScriptedTry }[];
  readonly tokens: Set<string>;
  redrivable: boolean;
  forgotten?: boolean;
}

export class FakeMachine {
  readonly executions: FakeExecution[] = [];
  /** Calls that change something, in order. */
  readonly changes: string[] = [];
  readonly calls: string[] = [];
  /** Called before and after a call that changes something; throwing after it means a lost answer. */
  before: (call: string) => void = () => undefined;
  after: (call: string) => void = () => undefined;
  /** Error every call throws. */
  fail?: string;

  constructor(
    readonly clock: FakeClock,
    readonly arn: string,
    /** How the nth try (from 1) of an execution goes. */
    public script: (execution: FakeExecution, nth: number) => ScriptedTry,
  ) {}

  /** An execution that somebody started, or will have started at an instant to come. */
  put(name: string, input: object, startedAt = this.clock.now()): FakeExecution {
    const arn = `${this.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const one: FakeExecution = {
      arn,
      name,
      input: JSON.stringify(input),
      startedAt,
      tries: [],
      tokens: new Set(),
      redrivable: true,
    };
    this.executions.push(one);
    one.tries.push({ at: startedAt, script: this.script(one, 1) });
    return one;
  }

  status(one: FakeExecution): string {
    const { at, script } = one.tries.at(-1)!;
    const end = at + (script.seconds ?? 60) * 1_000;
    return this.clock.now() < end ? 'RUNNING' : (script.ends ?? 'SUCCEEDED');
  }

  readonly client = {
    send: async (command: { constructor: { name: string }; input: object }): Promise<never> => {
      const call = command.constructor.name.replace(/Command$/, '');
      const input = command.input as Record<string, string>;
      this.calls.push(call);
      if (this.fail) throw serviceError(this.fail);
      const changing = call === 'StartExecution' || call === 'RedriveExecution';
      if (changing) this.before(call);
      const answer = this.answer(call, input);
      if (changing) this.after(call);
      return answer as never;
    },
  };

  private answer(call: string, input: Record<string, string>): unknown {
    switch (call) {
      case 'StartExecution':
        return this.start(input);
      case 'RedriveExecution':
        return this.redrive(input);
      case 'DescribeExecution':
        return this.describe(this.find(input.executionArn!));
      case 'ListExecutions':
        return this.list(input);
      case 'GetExecutionHistory':
        return { events: this.history(this.find(input.executionArn!)) };
      default:
        throw new Error(`no fake for ${call}`);
    }
  }

  private start({ name, input }: Record<string, string>) {
    const there = this.executions.find((one) => one.name === name);
    if (there && (there.input !== input || this.status(there) !== 'RUNNING')) {
      throw serviceError('ExecutionAlreadyExists');
    }
    // It begins a moment after it was asked for.
    this.clock.pass(100);
    const one = there ?? this.put(name!, JSON.parse(input!));
    if (!there) this.changes.push(`start ${name}`);
    return { executionArn: one.arn };
  }

  private redrive({ executionArn, clientToken }: Record<string, string>) {
    const one = this.find(executionArn!);
    if (one.tokens.has(clientToken!)) return {};
    if (!one.redrivable || ['RUNNING', 'SUCCEEDED'].includes(this.status(one))) {
      throw serviceError('ExecutionNotRedrivable', 'Execution cannot be redriven.');
    }
    one.tokens.add(clientToken!);
    one.tries.push({ at: this.clock.now(), script: this.script(one, one.tries.length + 1) });
    this.changes.push(`redrive ${one.name}`);
    return {};
  }

  private describe(one: FakeExecution) {
    const { arn, name, input, tries, redrivable } = one;
    const closed = !['RUNNING', 'SUCCEEDED'].includes(this.status(one));
    return {
      executionArn: arn,
      name,
      input,
      status: this.status(one),
      startDate: new Date(one.startedAt),
      redriveCount: tries.length - 1,
      redriveStatus: closed && redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    };
  }

  /** Newest first, five a page. */
  private list({ statusFilter, nextToken }: Record<string, string>) {
    const found = this.executions
      .filter((one) => one.startedAt <= this.clock.now())
      .filter((one) => statusFilter === undefined || this.status(one) === statusFilter)
      .sort((a, b) => b.startedAt - a.startedAt);
    const from = Number(nextToken ?? 0);
    return {
      executions: found.slice(from, from + 5).map(({ arn, name, ...one }) => ({
        executionArn: arn,
        name,
        startDate: new Date(one.startedAt),
        status: this.status({ arn, name, ...one }),
      })),
      nextToken: found.length > from + 5 ? String(from + 5) : undefined,
    };
  }

  /** Newest first. */
  private history(one: FakeExecution) {
    const {
      reason,
      index = 0,
      queryId = 'statement-1',
      failState,
      ends,
    } = one.tries.at(-1)!.script;
    const running = this.status(one) === 'RUNNING';
    const status = running ? 'STARTED' : 'FAILED';
    const answer = { Payload: { queryId, status, ...(reason && !running ? { reason } : {}) } };
    return [
      ...(running ? [] : [{ type: `Execution${ends}`, executionFailedEventDetails: {} }]),
      ...(failState && !running
        ? [{ type: 'FailStateEntered', stateEnteredEventDetails: { name: 'Fail' } }]
        : []),
      {
        type: 'TaskSucceeded',
        taskSucceededEventDetails: { output: JSON.stringify(answer) },
      },
      { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Check Status' } },
      { type: 'MapIterationStarted', mapIterationStartedEventDetails: { index } },
    ];
  }

  private find(arn: string): FakeExecution {
    const one = this.executions.find((execution) => execution.arn === arn);
    if (!one || one.forgotten) throw serviceError('ExecutionDoesNotExist');
    return one;
  }
}
