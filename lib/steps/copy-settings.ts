import { Duration, Size } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { CopySettings } from '../../lambdas/copy-chunks/payload';
import { COPY_LIMITS, stopsAfterPause } from '../../lambdas/shared/inputs/copy-throttle';
import { RunbookPropsError } from '../platform/props-error';

/** Properties of {@link ChunkSettings.of}. */
export interface ChunkSettingsProps {
  /**
   * Time a chunk should take, 0.1 to 5 seconds; its number of rows follows from it.
   *
   * A longer one copies a little faster, and holds locks and delays replicas for longer.
   *
   * @default Duration.millis(500)
   */
  readonly chunkTime?: Duration;

  /**
   * Size a chunk should have, 1 to 64 MiB; it counts where rows are wide.
   *
   * A chunk is one transaction, and one event of the binary log or several.
   *
   * @default Size.mebibytes(16)
   */
  readonly chunkSize?: Size;

  /**
   * Rest after a chunk, in parts of its time, 0 to 10: with 0.5 two thirds of the time are copied.
   *
   * @default 0.5
   */
  readonly niceRatio?: number;

  /**
   * No chunk begins while a replica is further behind.
   *
   * @default Duration.millis(1500)
   */
  readonly throttleMaxLag?: Duration;

  /**
   * No chunk begins while as many threads work on the target (`Threads_running`).
   *
   * @default 25
   */
  readonly throttlePauseThreads?: number;

  /**
   * The copy stops, to be redriven, when as many threads work on the target.
   *
   * @default 50
   */
  readonly throttleAbortThreads?: number;

  /**
   * No chunk begins while InnoDB has more transactions to purge on source or target.
   *
   * @default 1000000
   */
  readonly throttleMaxHistoryList?: number;

  /**
   * No chunk begins while a commit takes longer.
   *
   * @default Duration.millis(100)
   */
  readonly throttleMaxCommit?: Duration;

  /**
   * No chunk begins while the target's instance has less free storage.
   *
   * @default - free storage is not looked at
   */
  readonly throttleMinFree?: Size;
}

/** What steers a copy while nobody changes it. */
export class ChunkSettings {
  /** Values that are known when the stack is made. */
  static of(props: ChunkSettingsProps = {}): ChunkSettings {
    return new ChunkSettings(props);
  }

  /**
   * Values of the run.
   *
   * @param expression JSONata, without `{% %}`, for an object with all members of `CopySettings`
   */
  static fromJsonata(expression: string): ChunkSettings {
    return new ChunkSettings(expression);
  }

  private constructor(private readonly from: ChunkSettingsProps | string) {}

  /** JSONata, without `{% %}`. */
  render(scope: IConstruct): string {
    if (typeof this.from === 'string') return this.from;
    const settings = valuesOf(this.from);
    checkRanges(scope, settings);
    return JSON.stringify(settings);
  }
}

const valuesOf = (props: ChunkSettingsProps): CopySettings => ({
  chunkSeconds: (props.chunkTime ?? Duration.millis(500)).toMilliseconds() / 1000,
  chunkMiB: (props.chunkSize ?? Size.mebibytes(16)).toMebibytes(),
  niceRatio: props.niceRatio ?? 0.5,
  maxLagSeconds: (props.throttleMaxLag ?? Duration.millis(1500)).toMilliseconds() / 1000,
  pauseThreads: props.throttlePauseThreads ?? 25,
  abortThreads: props.throttleAbortThreads ?? 50,
  maxHistoryList: props.throttleMaxHistoryList ?? 1_000_000,
  maxCommitMs: (props.throttleMaxCommit ?? Duration.millis(100)).toMilliseconds(),
  minFreeGiB:
    props.throttleMinFree === undefined ? null : props.throttleMinFree.toMebibytes() / 1024,
});

/** The caller's words for the members, with their units. */
const WORDS: Readonly<Record<keyof CopySettings, string>> = {
  chunkSeconds: 'chunkTime in seconds',
  chunkMiB: 'chunkSize in MiB',
  niceRatio: 'niceRatio',
  maxLagSeconds: 'throttleMaxLag in seconds',
  pauseThreads: 'throttlePauseThreads',
  abortThreads: 'throttleAbortThreads',
  maxHistoryList: 'throttleMaxHistoryList',
  maxCommitMs: 'throttleMaxCommit in milliseconds',
  minFreeGiB: 'throttleMinFree in GiB',
};

function checkRanges(scope: IConstruct, settings: CopySettings): void {
  for (const member of Object.keys(WORDS) as (keyof CopySettings)[]) {
    const { success, error } = COPY_LIMITS[member].safeParse(settings[member]);
    if (success) continue;
    throw new RunbookPropsError(
      scope,
      `${WORDS[member]} is ${error.issues[0]!.message.replace(/^T/, 't')}, got ${settings[member]}`,
    );
  }
  if (stopsAfterPause.check(settings)) return;
  const { pauseThreads, abortThreads } = settings;
  throw new RunbookPropsError(
    scope,
    `throttleAbortThreads must be more than throttlePauseThreads, got ${abortThreads} and ${pauseThreads}`,
  );
}
