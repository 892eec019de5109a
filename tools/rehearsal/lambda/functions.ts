// The functions of the assembly: environments kept warm, one invocation each, with their timeouts
// and the faults meant for them.

import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { type RealClock, VirtualClock } from '../clock';
import type { FaultSpec, Faults } from '../faults/faults';
import { type Callers, newProcess } from '../iam/callers';
import type { Iam } from '../iam/iam';
import { type FunctionInvoker, LambdaFunctionError, type Origin, type Principal } from '../types';
import { FunctionWorker, runtimeError } from './function-worker';

/** A function as the template describes it. */
export interface FunctionSpec {
  /** Construct id: how faults and summaries call the task. */
  readonly task: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly bundle: string;
  readonly exportName: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** @default - no limit of its own */
  readonly reservedConcurrency?: number;
}

/** What functions run in. */
export interface FunctionsOptions {
  readonly clock: RealClock | VirtualClock;
  readonly iam: Iam;
  readonly callers: Callers;
  readonly faults: Faults;
  readonly account: string;
  readonly region: string;
  readonly endpointUrl: string;
  readonly onLog: (spec: FunctionSpec, line: string) => void;
}

/** What such a function does; time stands still meanwhile. */
export type OwnFunction = (payload: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** One invocation that is to be made. */
interface Order {
  readonly spec: FunctionSpec;
  /** JSON. */
  readonly event: string;
  readonly machine: string | undefined;
  readonly state: string | undefined;
}

/** The largest event: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_EVENT = 6 * 1024 * 1024;

/** Runs functions; Step Functions and EventBridge invoke through it. */
export class Functions implements FunctionInvoker {
  /** Invocations so far, by task. */
  readonly invocations = new Map<string, number>();
  /** Most bytes an environment of a task had behind an invocation, by task. */
  readonly memory = new Map<string, number>();
  private readonly specs = new Map<string, FunctionSpec>();
  private readonly own = new Map<string, OwnFunction>();
  private readonly warm = new Map<FunctionSpec, FunctionWorker[]>();
  private readonly all = new Set<FunctionWorker>();
  private readonly running = new Map<FunctionSpec, number>();
  private stopped = false;

  constructor(private readonly options: FunctionsOptions) {}

  add(spec: FunctionSpec): void {
    this.specs.set(spec.name, spec);
  }

  /** A function that the rehearsal itself is, of somebody else in the account. */
  addOwn(arn: string, run: OwnFunction): void {
    this.own.set(arn, run);
  }

  /** The function of a name or ARN, qualified or not. */
  find(nameOrArn: string): FunctionSpec | undefined {
    const name = /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(':')[0]!;
    return this.specs.get(name);
  }

  async invoke(
    functionArn: string,
    payload: unknown,
    caller: Principal,
    signal: AbortSignal,
    { machine, state, context = {} }: Origin = {},
  ): Promise<unknown> {
    const own = this.own.get(functionArn);
    if (own) {
      const release = this.options.clock.hold();
      return await own(payload as Readonly<Record<string, unknown>>).finally(release);
    }
    const spec = this.find(functionArn);
    if (!spec) {
      const message = `Function not found: ${functionArn}`;
      throw new LambdaFunctionError('Lambda.ResourceNotFoundException', message);
    }
    try {
      const resource = functionArn.startsWith('arn:') ? functionArn : spec.arn;
      this.options.iam.authorize(caller, 'lambda:InvokeFunction', resource, context);
      this.options.iam.assume('lambda.amazonaws.com', spec.roleArn, spec.arn);
    } catch (error) {
      throw new LambdaFunctionError('Lambda.AWSLambdaException', (error as Error).message);
    }
    const event = JSON.stringify(payload ?? {});
    if (Buffer.byteLength(event) > LARGEST_EVENT) {
      const message = `Request must be smaller than ${LARGEST_EVENT} bytes for the InvokeFunction operation`;
      throw new LambdaFunctionError('Lambda.RequestEntityTooLargeException', message);
    }
    const fault = this.options.faults.take('invocation', { task: spec.task, machine, state });
    // A caller that gives up does not stop the function: it runs on, as on AWS.
    return await untilAborted(this.withFault({ spec, event, machine, state }, fault), signal);
  }

  /** Ends all environments. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.all].map((worker) => worker.kill()));
  }

  private async withFault(order: Order, fault?: FaultSpec): Promise<unknown> {
    const { clock } = this.options;
    const { spec } = order;
    const say = (text: string) => fault?.message ?? text;
    switch (fault?.kind) {
      case 'error':
        throw new LambdaFunctionError(fault.error ?? 'Lambda.ServiceException', say('Fault'));
      case 'throttle':
        throw new LambdaFunctionError('Lambda.TooManyRequestsException', say('Rate Exceeded.'));
      case 'denied':
        throw new LambdaFunctionError('Lambda.AWSLambdaException', say('Access denied by a fault'));
      case 'timeout':
        await clock.sleep(spec.timeoutSeconds * 1000);
        throw timedOut(spec, randomUUID());
      case 'kill':
        if (fault.when === 'after') await this.run(order).catch(() => {});
        throw runtimeError(
          fault.error ?? 'Runtime.ExitError',
          say('Error: Runtime exited with error: signal: killed'),
        );
      case 'delay':
        await clock.sleep((fault.seconds ?? 60) * 1000);
        break;
      case 'duplicate': {
        const twin = this.run(order).catch(() => {});
        await (fault.seconds === undefined ? twin : clock.sleep(fault.seconds * 1000));
        break;
      }
    }
    return await this.run(order);
  }

  private async run({ spec, event, machine, state }: Order): Promise<unknown> {
    const { clock } = this.options;
    // Whatever a fault still has in mind: a thread that starts now would never end.
    if (this.stopped) throw runtimeError('Runtime.ExitError', 'the rehearsal is over');
    const running = this.running.get(spec) ?? 0;
    if (running >= (spec.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      throw new LambdaFunctionError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    }
    this.running.set(spec, running + 1);
    this.invocations.set(spec.task, (this.invocations.get(spec.task) ?? 0) + 1);
    const worker = this.warm.get(spec)?.pop() ?? this.startWorker(spec);
    Object.assign(worker.options.process, { machine, state });
    const leave = clock instanceof VirtualClock ? clock.join(worker) : () => {};
    const awsRequestId = randomUUID();
    const deadline = clock.now() + spec.timeoutSeconds * 1000;
    const cancel = clock.at(deadline, () => {
      const seconds = spec.timeoutSeconds.toFixed(2);
      void worker.kill('Sandbox.Timedout', `Error: Task timed out after ${seconds} seconds`);
    });
    try {
      const payload = await worker.invoke({
        event: JSON.parse(event),
        deadline,
        context: {
          awsRequestId,
          functionName: spec.name,
          functionVersion: '$LATEST',
          invokedFunctionArn: spec.arn,
          memoryLimitInMB: String(spec.memoryMb),
          logGroupName: `/aws/lambda/${spec.name}`,
          logStreamName: 'rehearsal',
        },
      });
      return JSON.parse(payload);
    } finally {
      cancel();
      leave();
      this.memory.set(spec.task, Math.max(worker.memory, this.memory.get(spec.task) ?? 0));
      this.running.set(spec, this.running.get(spec)! - 1);
      if (worker.alive) this.warm.set(spec, [...(this.warm.get(spec) ?? []), worker]);
    }
  }

  private startWorker(spec: FunctionSpec): FunctionWorker {
    const { clock, callers, account, region, endpointUrl, onLog } = this.options;
    const process = newProcess(spec.task);
    const principal: Principal = { kind: 'role', arn: spec.roleArn, account };
    const { credentials } = callers.mint(principal, process);
    const root = dirname(spec.bundle);
    const worker = new FunctionWorker({
      ...spec,
      process,
      cell: clock instanceof VirtualClock ? clock.cell : undefined,
      onLog: (line) => onLog(spec, line),
      onConnect: (port) => callers.connected(port, process),
      environment: {
        ...spec.environment,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_ENDPOINT_URL: endpointUrl,
        AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
        AWS_LAMBDA_FUNCTION_NAME: spec.name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: 'rehearsal',
        // A function has no home with profiles in it; the rehearsing user has, and they are not read.
        AWS_CONFIG_FILE: `${root}/none`,
        AWS_SHARED_CREDENTIALS_FILE: `${root}/none`,
        // The rehearsal's Node may be older than the function's; the SDK need not warn of it.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        LAMBDA_TASK_ROOT: root,
        _HANDLER: spec.handler,
        TZ: ':UTC',
      },
    });
    process.kill = () => void worker.kill();
    this.all.add(worker);
    void worker.exited.then(() => {
      this.all.delete(worker);
      callers.revoke(credentials.accessKeyId);
      this.warm.set(spec, this.warm.get(spec)?.filter((other) => other !== worker) ?? []);
    });
    return worker;
  }
}

function timedOut(spec: FunctionSpec, id: string): LambdaFunctionError {
  const seconds = spec.timeoutSeconds.toFixed(2);
  const message = `RequestId: ${id} Error: Task timed out after ${seconds} seconds`;
  return runtimeError('Sandbox.Timedout', message);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
