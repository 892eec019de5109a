// Stand-in for the Step Functions API: https://docs.aws.amazon.com/step-functions/latest/apireference/
// It reads requests and shapes answers; what happens is the engine's.

import type { Engine, ExecutionDescription, StateMachine } from '../engine';
import { type Page, page } from '../engine/paging';
import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { flag, integer, needed, oneOf, type Read, read, refuse, type Shape, text } from './members';
import { PageTokens } from './page-tokens';

type Output = Record<string, unknown>;

/** What an operation is called with. */
interface Call<Input = unknown> {
  readonly engine: Engine;
  readonly input: Input;
  /** Checks `states:<operation>`. */
  authorize(resource: string): void;
  /** A page of what `list` returns, its token one that AWS would take back. */
  paged<Item>(list: (nextToken: string | undefined) => Page<Item>): Page<Item>;
}

interface Operation {
  readonly shape: Shape;
  run(call: Call<never>): Output;
}

const operation = <Of extends Shape>(shape: Of, run: (call: Call<Read<Of>>) => Output) => ({
  shape,
  run,
});

const arn = needed(text(1, 256));
const executionArn = { executionArn: arn };
const stateMachineArn = { stateMachineArn: arn };
const taskToken = { taskToken: needed(text(1, 2048)) };
const data = text(0, 262_144, { sensitive: true });
const error = {
  error: text(0, 256, { sensitive: true }),
  cause: text(0, 32_768, { sensitive: true }),
};
const includedData = { includedData: oneOf('ALL_DATA', 'METADATA_ONLY') };
const pages = { maxResults: integer(0, 1000), nextToken: text(1, 3096) };
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartExecution: operation(
    { ...stateMachineArn, name: text(1, 80), input: data },
    ({ engine, input, authorize }) => {
      checkArn(input.stateMachineArn, 'stateMachine');
      authorize(input.stateMachineArn);
      return datesInSeconds(engine.start(input));
    },
  ),
  DescribeExecution: operation(
    { ...executionArn, ...includedData },
    ({ engine, input: { executionArn, includedData }, authorize }) => {
      checkArn(executionArn, 'execution');
      authorize(executionArn);
      const { transitions: _, input, output, ...rest } = engine.describeExecution(executionArn);
      const included = includedData !== 'METADATA_ONLY';
      return {
        ...datesInSeconds(rest),
        ...(included && { input, output }),
        inputDetails: { included },
        outputDetails: output === undefined ? undefined : { included },
      };
    },
  ),
  StopExecution: operation(
    { ...executionArn, ...error },
    ({ engine, input: { executionArn, error, cause }, authorize }) => {
      checkArn(executionArn, 'execution');
      authorize(executionArn);
      return datesInSeconds(engine.stop(executionArn, error, cause));
    },
  ),
  RedriveExecution: operation(
    { ...executionArn, clientToken: text(1, 64, { pattern: /^[!-~]+$/ }) },
    ({ engine, input: { executionArn, clientToken }, authorize }) => {
      checkArn(executionArn, 'execution');
      authorize(executionArn);
      return datesInSeconds(engine.redrive(executionArn, clientToken));
    },
  ),
  GetExecutionHistory: operation(
    { ...executionArn, ...pages, reverseOrder: flag, includeExecutionData: flag },
    ({ engine, input, authorize, paged }) => {
      checkArn(input.executionArn, 'execution');
      authorize(input.executionArn);
      const { items: events, nextToken } = paged((token) =>
        engine.history(input.executionArn, { ...input, nextToken: token }),
      );
      return { events, nextToken };
    },
  ),
  ListExecutions: operation(
    {
      stateMachineArn: text(1, 256),
      mapRunArn: text(1, 2000),
      statusFilter: oneOf(
        ...(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'] as const),
      ),
      redriveFilter: oneOf('REDRIVEN', 'NOT_REDRIVEN'),
      ...pages,
    },
    ({ engine, input, authorize, paged }) => {
      const { stateMachineArn, mapRunArn, statusFilter } = input;
      if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
        throw refuse('exactly one of stateMachineArn and mapRunArn must be given');
      }
      if (statusFilter === 'PENDING_REDRIVE' && mapRunArn === undefined) {
        throw refuse('statusFilter PENDING_REDRIVE needs a mapRunArn');
      }
      const of = mapRunArn ?? stateMachineArn!;
      checkArn(of, mapRunArn === undefined ? 'stateMachine' : 'mapRun');
      authorize(of);
      const { items, nextToken } = paged((token) =>
        engine.listExecutions({ ...input, nextToken: token }),
      );
      return { executions: items.map(summary), nextToken };
    },
  ),
  ListMapRuns: operation({ ...executionArn, ...pages }, ({ engine, input, authorize, paged }) => {
    checkArn(input.executionArn, 'execution');
    authorize(input.executionArn);
    const { items, nextToken } = paged((token) =>
      engine.listMapRuns(input.executionArn, { ...input, nextToken: token }),
    );
    const mapRuns = items.map((run) => {
      const { executionArn, mapRunArn, stateMachineArn, startDate, stopDate } = run;
      return datesInSeconds({ executionArn, mapRunArn, stateMachineArn, startDate, stopDate });
    });
    return { mapRuns, nextToken };
  }),
  DescribeMapRun: operation(
    { mapRunArn: needed(text(1, 2000)) },
    ({ engine, input: { mapRunArn }, authorize }) => {
      checkArn(mapRunArn, 'mapRun');
      authorize(mapRunArn);
      const { stateMachineArn: _, ...run } = engine.describeMapRun(mapRunArn);
      return datesInSeconds(run);
    },
  ),
  SendTaskSuccess: operation({ ...taskToken, output: needed(data) }, (call) => {
    const { taskToken, output } = call.input;
    checkToken(call, taskToken);
    call.engine.sendTaskSuccess(taskToken, output);
    return {};
  }),
  SendTaskFailure: operation({ ...taskToken, ...error }, (call) => {
    const { taskToken, error, cause } = call.input;
    checkToken(call, taskToken);
    call.engine.sendTaskFailure(taskToken, error, cause);
    return {};
  }),
  SendTaskHeartbeat: operation(taskToken, (call) => {
    checkToken(call, call.input.taskToken);
    call.engine.sendTaskHeartbeat(call.input.taskToken);
    return {};
  }),
  DescribeStateMachine: operation(
    stateMachineArn,
    ({ engine, input: { stateMachineArn }, authorize }) => {
      checkArn(stateMachineArn, 'stateMachine');
      authorize(stateMachineArn);
      const machine = engine.stateMachine(stateMachineArn);
      const { definition, roleArn } = machine;
      return { ...machineSummary(machine), status: 'ACTIVE', definition, roleArn };
    },
  ),
  DescribeStateMachineForExecution: operation(
    executionArn,
    ({ engine, input: { executionArn }, authorize }) => {
      checkArn(executionArn, 'execution');
      authorize(executionArn);
      return datesInSeconds(engine.stateMachineOf(executionArn));
    },
  ),
  ListStateMachines: operation(pages, ({ engine, input, authorize, paged }) => {
    authorize('*');
    const machines = [...engine.stateMachines().entries()];
    const { items, nextToken } = paged((token) =>
      page(
        machines,
        { ...input, nextToken: token },
        ([place]) => place,
        ([, one]) => one,
      ),
    );
    return { stateMachines: items.map(machineSummary), nextToken };
  }),
};

/** The Step Functions API in front of the engine. */
export class StepFunctionsService implements Service {
  readonly target = 'AWSStepFunctions';
  readonly protocol = 'json-1.0';
  private readonly tokens: PageTokens;

  constructor(
    private readonly engine: Engine,
    clock: Clock,
  ) {
    this.tokens = new PageTokens(clock);
  }

  async call({ operation, input, authorize }: ServiceRequest): Promise<Output> {
    const found = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (found === undefined) {
      const message = `the rehearsal's Step Functions API has no operation ${operation}`;
      throw new ServiceError('UnknownOperationException', message);
    }
    const values = read(input, found.shape);
    return found.run({
      engine: this.engine,
      input: values as never,
      authorize: (resource) => authorize(`states:${operation}`, resource),
      paged: (list) => this.tokens.page(operation, values, list),
    });
  }
}

/** Who sends an ARN of another kind, or none, hears so before anything is looked up. */
function checkArn(arn: string, kind: 'stateMachine' | 'execution' | 'mapRun'): void {
  const parts = /^arn:[\w-]+:states:[^:]*:[^:]*:([^:]*):.+$/.exec(arn);
  if (parts?.[1] === kind) return;
  const why = parts
    ? `Resource type not valid in this context: ${parts[1]}`
    : `Invalid ARN: ${arn.slice(0, 256)}`;
  throw new ServiceError('InvalidArn', `Invalid Arn: '${why}'`);
}

/** A token stands for a task of a machine: the right to answer is asked on that machine. */
function checkToken({ engine, authorize }: Call, token: string): void {
  authorize(engine.stateMachineOfToken(token));
}

function summary(execution: ExecutionDescription): Output {
  const { executionArn, stateMachineArn, name, status, mapRunArn } = execution;
  const { startDate, stopDate, redriveCount, redriveDate } = execution;
  const names = { executionArn, stateMachineArn, name, status, mapRunArn };
  return datesInSeconds({ ...names, startDate, stopDate, redriveCount, redriveDate });
}

function machineSummary({ arn, name, creationDate }: StateMachine): Output {
  const names = { stateMachineArn: arn, name, type: 'STANDARD' };
  return { ...names, creationDate: seconds(creationDate) };
}

function datesInSeconds(value: object): Output {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key.endsWith('Date') ? seconds(member) : member,
    ]),
  );
}
