// One abort signal for the whole command. npm passes Ctrl-C on, so that it may arrive twice: the
// second one must not cut the cleaning up short.

import { Interrupted } from './errors';

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

export function interrupts(): Interrupts {
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals) => controller.abort(new Interrupted(name));
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, listener);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, listener);
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
