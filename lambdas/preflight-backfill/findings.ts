// What the parts of the preflight have found: all of it is told at once.

import {
  isAccessDenied,
  isTransient,
  PreflightError,
  RunbookError,
  TryAgainError,
} from '../shared/errors';

export class Findings {
  readonly warnings: string[] = [];
  private readonly texts: string[] = [];

  /** @param part tenant or place it is about */
  add(part: string, text: string): void {
    this.texts.push(`${part}: ${text}`);
  }

  /** Something to know that need not be repaired. */
  warn(text: string): void {
    this.warnings.push(text);
  }

  get any(): boolean {
    return this.texts.length > 0;
  }

  /** @throws PreflightError with everything that was found, cut where a cause would be too long */
  end(): void {
    if (!this.any) return;
    const told: string[] = [];
    let room = LONGEST;
    for (const text of this.texts) {
      room -= text.length + 10;
      if (room >= 0) told.push(text);
    }
    const more = this.texts.length - told.length;
    throw new PreflightError(more > 0 ? [...told, `and ${more} more; repair these first`] : told);
  }
}

/** Step Functions keeps 32,768 characters of a cause, and what is escaped in it counts twice. */
const LONGEST = 15_000;

/**
 * Looks; what an operator can repair becomes a finding, so that the other parts are looked at all the same.
 *
 * @returns undefined when it became one
 */
export async function asFinding<T>(
  findings: Findings,
  part: string,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isForeign(error)) throw error;
    const { message } = error as Error;
    findings.add(part, message.slice(0, 500));
    return undefined;
  }
}

/** Faults that pass by themselves, and bugs of ours, are no findings. */
const isForeign = (error: unknown): boolean => {
  if (error instanceof TryAgainError) return true;
  if (error instanceof RunbookError) return error.family === 'refused';
  return isTransient(error) || !isAccessDenied(error);
};
