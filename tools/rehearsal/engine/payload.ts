// JSON that travels between states: the value together with its text, so that it is serialized once
// and every event that shows it shares one string.
import { DATA_LIMIT, StateError } from './errors';

export interface Payload {
  readonly value: unknown;
  readonly text: string;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const LIMIT_BYTES = 262_144;

export function fits(text: string): boolean {
  return text.length * 3 <= LIMIT_BYTES || Buffer.byteLength(text) <= LIMIT_BYTES;
}

/** Wraps a value, or says that it is too large to leave `what`. */
export function payload(value: unknown, what: string, text = JSON.stringify(value)): Payload {
  if (fits(text)) return { value, text };
  throw tooLarge(what);
}

export function tooLarge(what: string): StateError {
  const reason = `${what} has a size exceeding the maximum number of bytes service limit.`;
  return new StateError(DATA_LIMIT, reason);
}
