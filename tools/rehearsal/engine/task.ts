// A Task that invokes a Lambda function, with or without a token to wait for.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
import { randomUUID } from 'node:crypto';
import { LambdaFunctionError, ServiceError } from '../types';
import type { Json } from './definition';
import { HEARTBEAT_TIMEOUT, PERMISSIONS, RUNTIME, StateError, TIMEOUT } from './errors';
import { evaluate, number, type Place, wrongType } from './evaluate';
import { INVOKE_ARGUMENTS } from './fields';
import { type Payload, payload } from './payload';
import type { World } from './world';

interface Settled {
  resolve(result: Payload): void;
  reject(error: unknown): void;
}

/** Runs the task once and returns its result. */
export async function runTask(place: Place): Promise<Payload> {
  const { thread, visit } = place;
  const { world } = thread.execution;
  const { name, Resource, Arguments = visit.input.value } = visit.state;
  const callback = String(Resource).endsWith('.waitForTaskToken');
  const resource = {
    resourceType: 'lambda',
    resource: callback ? 'invoke.waitForTaskToken' : 'invoke',
  };
  let settled!: Settled;
  const outcome = new Promise<Payload>((resolve, reject) => {
    settled = { resolve, reject };
  });
  // Evaluation may fail before anybody waits for the outcome.
  outcome.catch(() => undefined);
  let pending = true;
  const timers = new Map<string, () => void>();
  // Either clock shows as States.Timeout; Retry and Catch may tell a missed heartbeat apart.
  const arm = (kind: string, seconds: number | undefined) => {
    timers.get(kind)?.();
    if (seconds === undefined || !pending) return;
    const instant = world.clock.now() + seconds * 1000;
    const timeout = new StateError(TIMEOUT, undefined, undefined, kind);
    timers.set(
      kind,
      world.clock.at(instant, () => settled.reject(timeout)),
    );
  };
  const result = (value: unknown, text?: string) => {
    try {
      settled.resolve(payload(value, `The result of the state '${name}'`, text));
    } catch (error) {
      settled.reject(error);
    }
  };
  let heartbeat: number | undefined;
  const token = callback
    ? world.callbacks.add({
        stateMachineArn: thread.execution.props.machine.arn,
        isAlive: () => pending && thread.isLive,
        succeed: (output) => result(JSON.parse(output), output),
        fail: (error, cause) => settled.reject(new StateError(error, cause)),
        heartbeat: () => arm(HEARTBEAT_TIMEOUT, heartbeat),
      })
    : undefined;
  let scheduled = false;
  try {
    const context = token === undefined ? {} : { Task: { Token: token } };
    const value = await evaluate(place, Arguments, 'Arguments', { context });
    const parameters = payload(value, `The arguments of the state '${name}'`);
    const timeout = await number(place, 'TimeoutSeconds');
    heartbeat = await number(place, 'HeartbeatSeconds');
    if (heartbeat !== undefined && timeout !== undefined && heartbeat >= timeout) {
      throw wrongType(place, 'HeartbeatSeconds', 'smaller than TimeoutSeconds');
    }
    const [timeoutInSeconds, heartbeatInSeconds] = [timeout, heartbeat];
    thread.record('TaskScheduled', {
      ...resource,
      region: world.region,
      parameters: parameters.text,
      timeoutInSeconds,
      heartbeatInSeconds,
    });
    scheduled = true;
    thread.record('TaskStarted', resource);
    arm(TIMEOUT, timeout);
    invoke(place, parameters.value).then(
      (answer) => {
        if (!callback) return result(answer);
        if (!pending || !thread.isLive) return;
        try {
          const { text } = payload(answer, `The result of the state '${name}'`);
          thread.record('TaskSubmitted', { ...resource, output: text });
          arm(HEARTBEAT_TIMEOUT, heartbeat);
        } catch (error) {
          settled.reject(error);
        }
      },
      (error: unknown) => settled.reject(toStateError(error)),
    );
    const output = await thread.idle(outcome);
    thread.record('TaskSucceeded', { ...resource, output: output.text });
    return output;
  } catch (error) {
    if (scheduled && thread.isLive && error instanceof StateError) {
      const type = error.error === TIMEOUT ? 'TaskTimedOut' : 'TaskFailed';
      thread.record(type, { ...resource, error: error.error, cause: error.reason });
    }
    throw error;
  } finally {
    pending = false;
    for (const cancel of timers.values()) cancel();
    if (token !== undefined) world.callbacks.remove(token);
  }
}

/** Calls the function; the call goes on whatever becomes of the execution. */
async function invoke({ thread, visit }: Place, parameters: unknown): Promise<unknown> {
  const { world, props } = thread.execution;
  const { FunctionName: name, Payload: body, ...rest } = parameters as Json;
  const [unknown] = Object.keys(rest);
  if (typeof name !== 'string' || unknown !== undefined) {
    const problem = unknown ?? 'FunctionName';
    throw new StateError(
      RUNTIME,
      `The Arguments of the state '${visit.state.name}' must have ${INVOKE_ARGUMENTS.join(', ')}: ${problem}`,
    );
  }
  const functionArn = arnOf(world, name);
  const { roleArn } = props.machine;
  world.authorize(roleArn, 'lambda:InvokeFunction', functionArn);
  const caller = { kind: 'role', arn: roleArn, account: world.account } as const;
  const { name: state } = visit.state;
  const answer = await world.invoker.invoke(functionArn, body ?? {}, caller, world.signal, {
    machine: props.machine.name,
    state,
  });
  return {
    ExecutedVersion: '$LATEST',
    Payload: answer ?? null,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: randomUUID() },
    StatusCode: 200,
  };
}

function arnOf({ partition, region, account }: World, name: string): string {
  if (name.startsWith('arn:')) return name;
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

function toStateError(error: unknown): unknown {
  if (error instanceof LambdaFunctionError) return new StateError(error.error, error.cause_);
  if (!(error instanceof ServiceError)) return error;
  if (error.code.startsWith('AccessDenied')) return new StateError(PERMISSIONS, error.message);
  return new StateError(`Lambda.${error.code}`, error.message);
}
