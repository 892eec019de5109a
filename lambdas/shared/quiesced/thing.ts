// What a run holds still while it works, kind by kind. A kind knows its service; what the run owes to
// each thing stands in the ledger (`record.ts`).

/** Kinds of things a run can quiesce; each has its handler in `kinds.ts`. */
export type Kind = 'rule' | 'capacity' | 'ingestion' | 'deployment';

/** One thing. */
export interface Thing {
  /** Which handler it has. */
  readonly kind: Kind;
  /** Its name, or what else its service finds it by. */
  readonly name: string;
  /** Region it is in. */
  readonly region: string;
  /** What it shall be meanwhile, where the kind alone does not say it: the RPUs of a workgroup. */
  readonly to?: unknown;
}

/** What a look at a thing shows. */
export interface Seen<S> {
  readonly state: S;
  /** A change is under way; another one would be refused. */
  readonly busy: boolean;
  /** What a change names, so that it is refused when somebody was faster. */
  readonly version?: string;
  /** Who has last made it what it is, where the service tells and it was no run. */
  readonly changed?: Changed;
}

/** A change of somebody else. */
export interface Changed {
  readonly by: string;
  /** Instant, to the second. */
  readonly at: string;
}

/** How things of one kind are read and changed. A state is plain JSON. */
export interface QuiescedKind<S = unknown> {
  /** What it is now; undefined when there is no such thing (any more). */
  read(thing: Thing): Promise<Seen<S> | undefined>;
  /** What it shall be meanwhile; what it was, when that may stay. */
  during(before: S, to: unknown): S;
  /** True when what is there now is as it shall be. */
  is(now: S, wanted: S): boolean;
  /**
   * Makes the next change towards a state, there and back. It is asked again, round after round, until
   * `is` holds, also after it did nothing because its service was busy.
   *
   * @param seen the look that decided on it
   */
  set(thing: Thing, wanted: S, seen: Seen<S>): Promise<void>;
}

/** The handlers of all kinds. */
export type QuiescedKinds = Readonly<Record<Kind, QuiescedKind>>;
