// One abort signal for the whole command. npm passes Ctrl-C on, so that it may arrive twice within a moment; only
// a later one is somebody's second, and means: end, whatever is under way.

import { Interrupted } from './errors';

const EXIT_CODE = 130;
/** Signals that arrive within this time are the same Ctrl-C. */
const SAME_MS = 500;
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Interrupts {
  readonly signal: AbortSignal;
  /** From now on a second interrupt does not end the process: what a rehearsal made must be cleared away. */
  cleansUp(): void;
  /** Stops listening. */
  dispose(): void;
}

/** What is listened to, and how the process ends; separate for tests. */
export interface Ending {
  readonly now: () => number;
  readonly exit: (code: number) => void;
}

export function interrupts(
  ending: Ending = { now: Date.now, exit: (code) => process.exit(code) },
): Interrupts {
  const controller = new AbortController();
  let first: number | undefined;
  let patient = false;
  const listener = (name: NodeJS.Signals) => {
    first ??= ending.now();
    controller.abort(new Interrupted(name));
    if (!patient && ending.now() - first > SAME_MS) ending.exit(EXIT_CODE);
  };
  for (const name of NAMES) process.on(name, listener);
  return {
    signal: controller.signal,
    cleansUp: () => {
      patient = true;
    },
    dispose: () => {
      for (const name of NAMES) process.off(name, listener);
    },
  };
}

/** Settles like the promise, or rejects as soon as the command is interrupted. */
export function unlessInterrupted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
