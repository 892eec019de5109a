// A client whose calls end with the command: an interrupt is heard before a call, before each further try of it, and
// while its answer, or keys for it, are waited for.

import { unlessInterrupted } from '../signals';

type Next = (args: never) => Promise<unknown>;

/** As far as clients of all services are alike. */
export interface Interruptible {
  readonly middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: each client's stack knows its own commands only
    add(middleware: any, options: any): void;
  };
}

/** Makes its calls reject with the signal's reason. */
export function interruptible(client: Interruptible, signal: AbortSignal): void {
  client.middlewareStack.add(
    (next: Next) => async (args: never) => {
      signal.throwIfAborted();
      return unlessInterrupted(signal, next(args));
    },
    { step: 'initialize', name: 'untilInterrupted' },
  );
  // Below the tries: a call that rejected already would otherwise be tried again behind everybody's back.
  client.middlewareStack.add(
    (next: Next) => async (args: never) => {
      signal.throwIfAborted();
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'noTryWhenInterrupted' },
  );
}
