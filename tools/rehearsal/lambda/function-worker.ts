// One execution environment of a function: a thread that handles one event at a time and can be killed.

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { Participant } from '../clock';
import type { Process } from '../iam/callers';
import { LambdaFunctionError } from '../types';

/** What a worker is started with. */
export interface WorkerOptions {
  /** File with the handler. */
  readonly bundle: string;
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Memory with the virtual time; without it time is real. */
  readonly cell?: BigInt64Array;
  /** Counts this worker's requests at the server. */
  readonly process: Process;
  readonly onLog: (line: string) => void;
  /** Told the local port of each connection that is not for web requests. */
  readonly onConnect: (port: number) => void;
}

/** What one invocation gives to the handler. */
export interface Invocation {
  readonly event: unknown;
  readonly context: { readonly awsRequestId: string } & Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

interface FromWorker {
  readonly kind: 'result' | 'rest' | 'connected';
  readonly payload?: string;
  readonly error?: Readonly<Record<string, unknown>>;
  /** Bytes of the thread's heap and buffers behind an invocation. */
  readonly memory: number;
  readonly outstanding: number;
  readonly next: number;
  readonly port: number;
}

/** An error of the runtime as Step Functions sees it: the payload names its type. */
export const runtimeError = (errorType: string, errorMessage: string): LambdaFunctionError =>
  new LambdaFunctionError(errorType, JSON.stringify({ errorType, errorMessage }));

/** A worker thread with a handler in it. */
export class FunctionWorker implements Participant {
  readonly exited: Promise<unknown>;
  /** Bytes its heap and buffers had behind the last invocation; the heap grows and rarely shrinks. */
  memory = 0;
  private readonly thread: Worker;
  private current?: { resolve(payload: string): void; reject(error: Error): void; id: string };
  private asking?: (rest: FromWorker | undefined) => void;
  private dead = false;
  /** Counts what the host told the worker to do; with the process's turns it dates an answer. */
  private orders = 0;
  /** The last answer to "are you at rest", good while nothing has reached the worker since. */
  private rest?: { readonly seen: number; readonly next: number };
  private crash?: string;

  constructor(readonly options: WorkerOptions) {
    const { bundle, exportName, cell } = options;
    this.thread = new Worker(join(__dirname, 'worker.cjs'), {
      workerData: { bundle, exportName, cell },
      env: { ...options.environment },
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
    });
    this.thread.on('message', (message: FromWorker) => this.received(message));
    this.thread.on('error', (error: Error & { code?: string }) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.crash = memory ? 'signal: killed (out of memory)' : `exit status 1: ${error.message}`;
    });
    for (const stream of [this.thread.stdout, this.thread.stderr]) {
      createInterface({ input: stream }).on('line', options.onLog);
    }
    // Not `once` of node:events: that one rejects at an error, before the thread has ended.
    this.exited = new Promise((resolve) => this.thread.once('exit', resolve)).then(() => {
      this.fail(
        'Runtime.ExitError',
        `Error: Runtime exited with error: ${this.crash ?? 'exit status 0'}`,
      );
    });
  }

  get alive(): boolean {
    return !this.dead;
  }

  /** Resolves with the handler's answer as JSON text; rejects with LambdaFunctionError. */
  invoke(invocation: Invocation): Promise<string> {
    this.orders++;
    return new Promise((resolve, reject) => {
      this.current = { resolve, reject, id: invocation.context.awsRequestId };
      this.thread.postMessage({ kind: 'invoke', ...invocation });
    });
  }

  /** Ends the thread wherever it is; what runs in it fails as named. */
  kill(
    errorType = 'Runtime.ExitError',
    message = 'Error: Runtime exited with error: signal: killed',
  ) {
    this.fail(errorType, message);
    return this.thread.terminate();
  }

  async settle(): Promise<number | undefined> {
    const seen = this.reached;
    if (this.rest?.seen === seen) return this.rest.next;
    const answer = await new Promise<FromWorker | undefined>((resolve) => {
      if (this.dead) return resolve(undefined);
      this.asking = resolve;
      this.thread.postMessage({ kind: 'rest' });
    });
    // A request the worker counts and the server does not (or the reverse) is on its way.
    if (answer?.outstanding !== this.options.process.pending || seen !== this.reached) {
      return undefined;
    }
    this.rest = { seen, next: answer.next };
    return answer.next;
  }

  advanced(): void {
    this.orders++;
    this.thread.postMessage({ kind: 'advanced' });
  }

  /** Grows with everything that reaches the worker: orders, and answers of the server. */
  private get reached(): number {
    return this.orders + this.options.process.turns;
  }

  private received(message: FromWorker): void {
    if (message.kind === 'connected') {
      this.options.onConnect(message.port);
      return;
    }
    if (message.kind === 'rest') {
      this.asking?.(message);
      this.asking = undefined;
      return;
    }
    const { current } = this;
    this.current = undefined;
    this.memory = message.memory;
    if (message.payload !== undefined) current?.resolve(message.payload);
    else {
      const error = message.error ?? {};
      current?.reject(new LambdaFunctionError(String(error.errorType), JSON.stringify(error)));
    }
  }

  private fail(errorType: string, message: string): void {
    this.dead = true;
    this.asking?.(undefined);
    this.current?.reject(runtimeError(errorType, `RequestId: ${this.current.id} ${message}`));
    this.current = undefined;
  }
}
