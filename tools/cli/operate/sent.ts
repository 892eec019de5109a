// What a command has asked AWS to do: whoever hears of an error afterwards has to know, or asks for it a second time.

import { RefusedError } from '../errors';
import type { OperateOptions } from './kit';
import { refusal } from './trouble';
import { typed } from './typed';

/** A call that changes something. */
export interface Sent {
  /** A sentence, e.g. `the redrive of … was sent`. */
  readonly what: string;
  /** ARN of the execution that tells what came of it. */
  readonly execution: string;
}

/** AWS did not answer after something was sent. */
export class SentError extends RefusedError {
  constructor(
    message: string,
    readonly sent: Sent,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** Remembers what was sent last. */
export class Sendings {
  private last: Sent | undefined;

  /** @param signal an interrupt, after which nothing is sent */
  constructor(private readonly signal: AbortSignal) {}

  /** Undefined when nothing was sent, or AWS has refused it. */
  get sent(): Sent | undefined {
    return this.last;
  }

  async send<T>(sent: Sent, call: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    this.last = sent;
    try {
      return await call();
    } catch (error) {
      if (isAnswer(error)) this.last = undefined;
      throw error;
    }
  }

  /** An error of AWS as a refusal that says what was sent before it; any other one as it is. */
  explain(error: unknown, options: OperateOptions): unknown {
    const refused = refusal(error);
    if (refused === error || !this.last) return refused;
    const { what, execution } = this.last;
    const look = `look with ${typed(options, 'watch', execution)} before you send it again`;
    return new SentError(`${(refused as Error).message}. But ${what}: ${look}`, this.last, error);
  }
}

/** Whether AWS itself said no, to the only try: one before it may have taken effect without an answer. */
function isAnswer(error: unknown): boolean {
  const { $metadata: { httpStatusCode = 500, attempts = 1 } = {} } = error as {
    $metadata?: { httpStatusCode?: number; attempts?: number };
  };
  return httpStatusCode < 500 && attempts === 1;
}
