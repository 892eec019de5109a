// Stand-in for the Step Functions API: https://docs.aws.amazon.com/step-functions/latest/apireference/
// It reads requests and shapes answers; what happens is the engine's.

import type { Engine, ExecutionDescription, Page, StateMachine } from '../engine';
import { type Service, ServiceError, type ServiceRequest } from '../types';

type Input = Readonly<Record<string, unknown>>;
type Output = Record<string, unknown>;

/** What an operation is called with. */
interface Call {
  readonly engine: Engine;
  readonly input: Input;
  /** A member that must be a string. */
  required(member: string): string;
  /** Checks `states:<operation>`. */
  authorize(resource: string): void;
}

const text = (input: Input, member: string): string | undefined => {
  const value = input[member];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw invalid(`'${member}' must be a string`);
};
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
const invalid = (what: string) =>
  new ServiceError('ValidationException', `1 validation error detected: ${what}`);

const OPERATIONS: Readonly<Record<string, (call: Call) => Output>> = {
  StartExecution({ engine, input, required, authorize }) {
    const stateMachineArn = required('stateMachineArn');
    authorize(stateMachineArn);
    const request = { name: text(input, 'name'), input: text(input, 'input') };
    const { executionArn, startDate } = engine.start({ stateMachineArn, ...request });
    return { executionArn, startDate: seconds(startDate) };
  },
  DescribeExecution: onExecution(({ engine }, arn) => {
    const { transitions: _, ...description } = engine.describeExecution(arn);
    const { input, output } = description;
    return {
      ...datesInSeconds(description),
      inputDetails: input === undefined ? undefined : { included: true },
      outputDetails: output === undefined ? undefined : { included: true },
    };
  }),
  StopExecution: onExecution(({ engine, input }, arn) =>
    datesInSeconds(engine.stop(arn, text(input, 'error'), text(input, 'cause'))),
  ),
  RedriveExecution: onExecution(({ engine, input }, arn) =>
    datesInSeconds(engine.redrive(arn, text(input, 'clientToken'))),
  ),
  GetExecutionHistory: onExecution(({ engine, input }, arn) => {
    const { items: events, nextToken } = engine.history(arn, input);
    return { events, nextToken };
  }),
  ListExecutions({ engine, input, authorize }) {
    const { stateMachineArn, mapRunArn } = input;
    if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
      throw invalid('exactly one of stateMachineArn and mapRunArn is needed');
    }
    authorize(String(stateMachineArn ?? mapRunArn));
    return listed('executions', engine.listExecutions(input), summary);
  },
  ListMapRuns: onExecution(({ engine, input }, arn) =>
    listed('mapRuns', engine.listMapRuns(arn, input), (run) => {
      const { executionArn, mapRunArn, stateMachineArn, startDate, stopDate } = run;
      return datesInSeconds({ executionArn, mapRunArn, stateMachineArn, startDate, stopDate });
    }),
  ),
  DescribeMapRun({ engine, required, authorize }) {
    const arn = required('mapRunArn');
    authorize(arn);
    const { stateMachineArn: _, ...run } = engine.describeMapRun(arn);
    return datesInSeconds(run);
  },
  SendTaskSuccess: onToken(({ engine, required }, token) =>
    engine.sendTaskSuccess(token, required('output')),
  ),
  SendTaskFailure: onToken(({ engine, input }, token) =>
    engine.sendTaskFailure(token, text(input, 'error'), text(input, 'cause')),
  ),
  SendTaskHeartbeat: onToken(({ engine }, token) => engine.sendTaskHeartbeat(token)),
  DescribeStateMachine({ engine, required, authorize }) {
    const arn = required('stateMachineArn');
    authorize(arn);
    const machine = engine.stateMachine(arn);
    const { definition, roleArn } = machine;
    return { ...machineSummary(machine), status: 'ACTIVE', definition, roleArn };
  },
  ListStateMachines({ engine, authorize }) {
    authorize('*');
    return { stateMachines: engine.stateMachines().map(machineSummary) };
  },
};

/** The Step Functions API in front of the engine. */
export class StepFunctionsService implements Service {
  readonly target = 'AWSStepFunctions';
  readonly protocol = 'json-1.0';

  constructor(private readonly engine: Engine) {}

  async call({ operation, input, authorize }: ServiceRequest): Promise<Output> {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (run === undefined) {
      const message = `the rehearsal's Step Functions API has no operation ${operation}`;
      throw new ServiceError('UnknownOperationException', message);
    }
    return run({
      engine: this.engine,
      input,
      required: (member) => {
        const value = text(input, member);
        if (value === undefined) throw invalid(`Value null at '${member}' must not be null`);
        return value;
      },
      authorize: (resource) => authorize(`states:${operation}`, resource),
    });
  }
}

function onExecution(run: (call: Call, arn: string) => Output): (call: Call) => Output {
  return (call) => {
    const arn = call.required('executionArn');
    call.authorize(arn);
    return run(call, arn);
  };
}

/** A token stands for a task of a machine: the right to answer is asked on that machine. */
function onToken(run: (call: Call, token: string) => void): (call: Call) => Output {
  return (call) => {
    const token = call.required('taskToken');
    call.authorize(call.engine.stateMachineOfToken(token));
    run(call, token);
    return {};
  };
}

function listed<Item>(
  member: string,
  { items, nextToken }: Page<Item>,
  shape: (i: Item) => Output,
) {
  return { [member]: items.map(shape), nextToken };
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
