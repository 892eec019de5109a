// What an `init` makes of what it has read, before anybody says what is missing in it.

/** Members of a target, as JSON has them. */
export type Members = Record<string, unknown>;

/** By the path of a member, what helps where it is missing. */
export type Hints = Readonly<Record<string, string>>;

/** What was found out, whatever it is of. */
export interface Findings {
  /** What keeps the file from being right, beside what is missing in it. */
  readonly findings: readonly string[];
  /** What a person should know. */
  readonly notes: readonly string[];
}

/** Of an account: the member of one runbook. */
export interface AccountDraft extends Findings {
  readonly account: string;
  readonly region: string;
  readonly members: Members;
  readonly hints: Hints;
}

/** Members that have a value. */
export const defined = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
