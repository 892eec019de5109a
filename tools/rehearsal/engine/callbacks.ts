// Task tokens: who waits for which, and what the three Send calls answer to a dead one.
import { randomUUID } from 'node:crypto';
import { ServiceError } from '../types';

/** A task that waits for its token to come back. */
export interface Waiting {
  readonly stateMachineArn: string;
  isAlive(): boolean;
  succeed(output: string): void;
  fail(error: string | undefined, cause: string | undefined): void;
  heartbeat(): void;
}

const SIGNATURE = 'task-token:';

export class Callbacks {
  private readonly waiting = new Map<string, Waiting>();

  add(waiting: Waiting): string {
    const token = Buffer.from(SIGNATURE + randomUUID() + randomUUID()).toString('base64');
    this.waiting.set(token, waiting);
    return token;
  }

  remove(token: string): void {
    this.waiting.delete(token);
  }

  /** @throws ServiceError InvalidToken for what never was a token, TaskTimedOut for a dead one */
  find(token: unknown): Waiting {
    const text = Buffer.from(String(token), 'base64').toString();
    if (typeof token !== 'string' || !text.startsWith(SIGNATURE)) {
      throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
    }
    const waiting = this.waiting.get(token);
    if (waiting?.isAlive()) return waiting;
    throw new ServiceError(
      'TaskTimedOut',
      "Task Timed Out: 'Provided task does not exist anymore'",
    );
  }
}
