// JSON as these functions see it: numbers stay the text they were written as, because a trip through
// an IEEE double would change integers beyond 2^53 and turn 1.0 into 1; objects are maps, because
// their names are anything a visitor sent (`__proto__`, `constructor`).

/** The text of a number; NaN, Infinity and -Infinity, which Python reads as JSON, among them. */
export class NumberText {
  constructor(readonly text: string) {}
}

export type JsonObject = Map<string, Json>;
export type Json = null | boolean | string | NumberText | readonly Json[] | JsonObject;

/**
 * Whether a number can be written as JSON that others read: neither NaN nor infinite, and no text
 * such as 1e400 that would become infinite.
 */
export function isFiniteText(text: string): boolean {
  if (text.length < 300 && !/[eEIN]/.test(text)) return true;
  return Number.isFinite(Number(text)) || /^-?\d+$/.test(text);
}

/** Thrown for text that is not JSON. One object: making a stack for each bad row costs more than reading it. */
export const notJson = new Error('not JSON');
