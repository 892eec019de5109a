/** The command was used wrongly, or what it needs is not there: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** AWS refused a call, or what a run says keeps the command from going on: exit code 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Somebody pressed Ctrl-C, or ended the process: exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(
    signal: string,
    /** What AWS was asked for already, which an interrupt does not take back. */
    readonly sent?: string,
  ) {
    super(signal);
  }
}

/** Every problem in one error; nothing when there is none. @throws UsageError */
export function refuseProblems(what: string, problems: readonly string[]): void {
  const [first, ...more] = problems;
  if (first === undefined) return;
  if (more.length === 0) throw new UsageError(`${what}: ${first}`);
  const all = problems.map((problem, i) => `(${i + 1}) ${problem}`).join('; ');
  throw new UsageError(`${what} has ${problems.length} problems: ${all}`);
}
