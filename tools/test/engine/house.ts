// A small house around the engine: virtual time, functions that are plain callbacks, events kept.
import { VirtualClock } from '../../rehearsal/clock';
import { Engine, type ExecutionDescription } from '../../rehearsal/engine';
import { type CloudEvent, LambdaFunctionError, ServiceError } from '../../rehearsal/types';

// biome-ignore lint/suspicious/noExplicitAny: payloads of tests are whatever the test says
export type Payload = any;
export type Handler = (payload: Payload, call: number) => unknown;

export const ROLE = 'arn:aws:iam::000000000000:role/machine';

export class House {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 5, 9));
  readonly published: CloudEvent[] = [];
  readonly asked: string[] = [];
  readonly denied = new Set<string>();
  readonly calls: Record<string, Payload[]> = {};
  readonly functions: Record<string, Handler> = {};
  readonly engine = new Engine({
    clock: this.clock,
    region: 'us-east-1',
    account: '000000000000',
    partition: 'aws',
    publish: (event) => this.published.push(event),
    authorize: (_role, action, resource) => {
      this.asked.push(`${action} ${resource}`);
      if (this.denied.has(action)) {
        throw new ServiceError('AccessDeniedException', `may not ${action}`);
      }
    },
    invoker: {
      invoke: async (arn, payload) => {
        const name = arn.split(':')[6]!;
        this.calls[name] ??= [];
        const calls = this.calls[name];
        calls.push(payload);
        const release = this.clock.hold();
        try {
          const answer = this.functions[name]!(payload, calls.length);
          release();
          return await answer;
        } finally {
          release();
        }
      },
    },
  });

  create(name: string, definition: object): string {
    const whole = { QueryLanguage: 'JSONata', ...definition };
    return this.engine.createStateMachine({ name, roleArn: ROLE, definition: whole });
  }

  start(definition: object, input: unknown = {}): string {
    const stateMachineArn = this.create('machine', definition);
    return this.engine.start({ stateMachineArn, name: 'run', input: JSON.stringify(input) })
      .executionArn;
  }

  async run(definition: object, input: unknown = {}): Promise<ExecutionDescription> {
    return this.engine.finished(this.start(definition, input));
  }

  async redrive(arn: string): Promise<ExecutionDescription> {
    this.engine.redrive(arn);
    return this.engine.finished(arn);
  }

  history(arn: string): Payload[] {
    return this.engine.history(arn, { maxResults: 1000 }).items;
  }

  types(arn: string): string[] {
    return this.history(arn).map((event) => event.type);
  }

  /** Lets virtual time pass. */
  pass(seconds: number): Promise<void> {
    return this.clock.sleep(seconds * 1000);
  }
}

export function task(functionName: string, fields: object = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...fields,
  };
}

export function ask(functionName: string, fields: object = {}): Record<string, unknown> {
  const Payload = { token: '{% $states.context.Task.Token %}' };
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: functionName, Payload },
    ...fields,
  };
}

export function distributed(label: string, states: object, fields: object = {}) {
  const startAt = Object.keys(states)[0];
  return {
    Type: 'Map',
    Label: label,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: startAt,
      States: states,
    },
    ...fields,
  };
}

export function inline(states: object, fields: object = {}) {
  const startAt = Object.keys(states)[0];
  const ItemProcessor = { ProcessorConfig: { Mode: 'INLINE' }, StartAt: startAt, States: states };
  return { Type: 'Map', ItemProcessor, ...fields };
}

/** Branches given by their states, each beginning with the first. */
export function parallel(branches: object[], fields: object = {}) {
  const Branches = branches.map((States) => ({ StartAt: Object.keys(States)[0], States }));
  return { Type: 'Parallel', Branches, ...fields };
}

export const fail = (name: string, message = '') =>
  new LambdaFunctionError(name, JSON.stringify({ errorType: name, errorMessage: message }));

export const throws = (name: string) => () => {
  throw fail(name);
};
