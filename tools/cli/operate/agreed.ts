// A question to who sits at the terminal. Anything but yes is no; Ctrl-D is no, Ctrl-C ends the command.

import { createInterface } from 'node:readline/promises';
import type { Duplex, Readable, Writable } from 'node:stream';
import { Interrupted } from '../errors';

/** Where it is asked; separate for tests. */
export interface Ends {
  readonly input: Readable | Duplex;
  readonly output: Writable;
  /** Whether keys are read one by one. @default - as the output says */
  readonly terminal?: boolean;
}

/** @throws Interrupted */
export async function agreed(
  question: string,
  signal: AbortSignal,
  ends: Ends = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  const terminal = createInterface(ends);
  try {
    const said = await new Promise<string>((resolve, reject) => {
      // A terminal that is asked takes Ctrl-C for itself: the process hears nothing of it.
      terminal.once('SIGINT', () => reject(new Interrupted('SIGINT')));
      terminal.once('close', () => resolve(''));
      terminal.question(`${question} [y/N] `, { signal }).then(resolve, () => {
        if (signal.aborted) reject(signal.reason);
        else resolve('');
      });
    });
    return /^y(es)?$/i.test(said.trim());
  } finally {
    terminal.close();
  }
}
