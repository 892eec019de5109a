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
  /** Tells our tokens from those of another house. */
  private readonly house = `${SIGNATURE}${randomUUID()}:`;

  add(waiting: Waiting): string {
    const token = Buffer.from(this.house + randomUUID()).toString('base64');
    this.waiting.set(token, waiting);
    return token;
  }

  remove(token: string): void {
    this.waiting.delete(token);
  }

  /** @throws ServiceError InvalidToken for what never was a token, TaskDoesNotExist for one that is not
   * ours, TaskTimedOut for a dead one */
  find(token: unknown): Waiting {
    const text = Buffer.from(String(token), 'base64').toString();
    if (typeof token !== 'string' || !text.startsWith(SIGNATURE)) {
      throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
    }
    if (!text.startsWith(this.house)) {
      throw new ServiceError(
        'TaskDoesNotExist',
        "Task Does Not Exist: 'Provided task does not exist'",
      );
    }
    const waiting = this.waiting.get(token);
    if (waiting?.isAlive()) return waiting;
    throw new ServiceError(
      'TaskTimedOut',
      "Task Timed Out: 'Provided task does not exist anymore'",
    );
  }
}
