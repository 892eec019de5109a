// A statement that runs while its worker does other things.

/** What became of it. */
export type Outcome = { readonly value: number } | { readonly error: unknown };

export class Job {
  outcome?: Outcome;
  /** Resolves when it is over, however it ended. */
  readonly over: Promise<void>;

  constructor(
    readonly kind: 'export' | 'count',
    work: Promise<number>,
    /** Epoch milliseconds after which it has to end. */
    readonly deadline: number,
  ) {
    this.over = work.then(
      (value) => {
        this.outcome = { value };
      },
      (error: unknown) => {
        this.outcome = { error };
      },
    );
  }
}
