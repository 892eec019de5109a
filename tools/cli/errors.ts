/** The command was used wrongly, or what it needs is not there: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Somebody pressed Ctrl-C, or ended the process: exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
