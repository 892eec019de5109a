// How far a range is, for the report and for whoever watches: written to the ledger now and then.

import type { CopyChunksPayload } from '../../copy-chunks/payload';
import { iso } from '../clock';
import { type Ledger, runKey } from '../ledger';
import type { Checkpoint } from './checkpoint';
import type { Load } from './throttle';

const EVERY_MS = 10_000;
const REMEMBERED = 10;

/** The ledger's item. */
export interface CopyProgress {
  readonly phase: CopyChunksPayload['phase'];
  readonly at: string;
  readonly done: boolean;
  /** Keys and sums in decimal text. */
  readonly verifiedTo: string;
  readonly lo: string;
  readonly hi: string;
  readonly rows: string;
  readonly inserted: string;
  readonly bytes: string;
  readonly chunks: string;
  readonly rowsPerSecond: number;
  /** Seconds that are left, and what they are if the best or the worst of the last chunks stays; null: unknown. */
  readonly etaSeconds: number | null;
  readonly etaSecondsLow: number | null;
  readonly etaSecondsHigh: number | null;
  readonly lagSeconds: number | null;
  /** Seconds of rest by reason. */
  readonly paused: Readonly<Record<string, number>>;
  /** Why it rests at this moment. */
  readonly pausedNow: string | null;
  /** Parts of the load that cannot be looked at, with the reason. */
  readonly blind: Readonly<Record<string, string>>;
}

/** Not `progress#`: whoever ends a run looks there for statements that still run, and a chunk leaves none. */
export const progressKey = ({
  runId,
  phase,
  range,
}: Pick<CopyChunksPayload, 'runId' | 'phase' | 'range'>) =>
  runKey(runId, `copied#${phase}#${range.name}`);

/** What a chunk moved in how long, its rest included. */
interface Step {
  readonly keys: number;
  readonly rows: number;
  readonly seconds: number;
}

export class ProgressReport {
  private steps: Step[] = [];
  private writtenAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ledger: Ledger,
    private readonly payload: CopyChunksPayload,
    private readonly now: () => number,
  ) {}

  step(step: Step): void {
    this.steps = [...this.steps, step].slice(-REMEMBERED);
  }

  /** Writes the item when the last one is old enough, or when nothing more will come. */
  async tell(
    checkpoint: Checkpoint,
    load: Load | undefined,
    pausedNow: string | undefined,
    blind: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (!checkpoint.done && this.now() - this.writtenAt < EVERY_MS) return;
    this.writtenAt = this.now();
    const { phase, range } = this.payload;
    const item: CopyProgress = {
      phase,
      at: iso(this.now()),
      done: checkpoint.done,
      verifiedTo: String(checkpoint.verifiedTo),
      lo: range.lo,
      hi: range.hi,
      rows: String(checkpoint.rows),
      inserted: String(checkpoint.inserted),
      bytes: String(checkpoint.bytes),
      chunks: String(checkpoint.chunk),
      rowsPerSecond: Math.round(rate(this.steps, 'rows')),
      ...this.eta(BigInt(range.hi) - checkpoint.verifiedTo),
      lagSeconds: Number.isFinite(load?.lagSeconds) ? load!.lagSeconds! : null,
      paused: checkpoint.paused,
      pausedNow: pausedNow ?? null,
      blind: Object.fromEntries(blind),
    };
    await this.ledger.put(progressKey(this.payload), item);
  }

  /** By keys: how many rows are left nobody has counted. */
  private eta(left: bigint): Pick<CopyProgress, 'etaSeconds' | 'etaSecondsLow' | 'etaSecondsHigh'> {
    const at = (keysPerSecond: number) =>
      keysPerSecond > 0 ? Math.round(Number(left) / keysPerSecond) : null;
    const rates = this.steps.map((one) => rate([one], 'keys')).sort((a, b) => a - b);
    return {
      etaSeconds: at(rate(this.steps, 'keys')),
      etaSecondsLow: at(rates.at(-1) ?? 0),
      etaSecondsHigh: at(rates[0] ?? 0),
    };
  }
}

function rate(steps: readonly Step[], what: 'keys' | 'rows'): number {
  const sum = (of: (step: Step) => number) => steps.reduce((total, step) => total + of(step), 0);
  const seconds = sum((step) => step.seconds);
  return seconds > 0 ? sum((step) => step[what]) / seconds : 0;
}
