// Starts an execution once: under a name of its own, a call whose answer was lost is the same start when it is sent
// again. What is read of it right afterwards may not know it yet.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Kit } from './kit';

/** What to start. */
interface Begin {
  readonly stateMachineArn: string;
  readonly input: string;
  /** @default - `cli-` and a UUID */
  readonly name?: string;
}

/** Looks at an execution of ours that does not seem to be there, a second apart. */
const LOOKS = 30;
const LOOK_MS = 1_000;

/** Starts it; returns its ARN. */
export async function startOnce(kit: Kit, { stateMachineArn, input, name }: Begin) {
  const own = name ?? `cli-${randomUUID()}`;
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${own}`;
  const sent = { what: `the start of ${executionArn} was sent`, execution: executionArn };
  const command = new StartExecutionCommand({ stateMachineArn, name: own, input });
  return kit.sending(sent, async () => {
    try {
      return (await kit.aws.sfn.send(command)).executionArn!;
    } catch (error) {
      // Nobody else has this name: a try whose answer was lost has started it, and it has ended meanwhile.
      if (name === undefined && (error as Error).name === 'ExecutionAlreadyExists') {
        return executionArn;
      }
      throw error;
    }
  });
}

/** Reads what was started just now: AWS may answer for half a minute that there is no such execution. */
export async function onceThere<T>({ signal }: Kit, read: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look++) {
    try {
      return await read();
    } catch (error) {
      if ((error as Error).name !== 'ExecutionDoesNotExist' || look >= LOOKS) throw error;
      await delay(LOOK_MS, undefined, { signal });
    }
  }
}
