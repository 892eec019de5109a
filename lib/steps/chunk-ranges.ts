// Disjoint ranges of a key, each copied or compared in a child of its own. Not exported from the package:
// ChunkedCopy and ChunkedComparison are its faces.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { CopyChunksPayload } from '../../lambdas/copy-chunks/payload';
import { RunbookPropsError } from '../platform/props-error';
import { Step } from './chain';
import { chunkTurns, mayGoOn } from './chunk-turns';
import { ChunkSettings } from './copy-settings';
import { CopyTables, type CopyTablesProps } from './copy-tables';
import { ForEach } from './for-each';
import { checkStepName } from './step-name';
import { Stretches } from './stretches';

/** Properties of a step that works on ranges. */
export interface ChunkRangesProps extends CopyTablesProps {
  /**
   * What the rows are, in lower case, as in the state name `Copy chunks of orders`. Unique in the machine.
   */
  readonly noun: string;

  /** Name of the step in ledger and state data: letters only. */
  readonly step: string;

  /**
   * JSONata expression, without `{% %}`, for an array of `{ name, lo, hi }`: ranges of the key that do not
   * overlap, both ends included, as decimal text, for numbers of JSON are exact to 2^53 only. Names match
   * `[A-Za-z0-9_.-]+`; the checkpoint of a range is found by its name, so it must stay what it is when the
   * run is redriven.
   */
  readonly ranges: string;

  /**
   * JSONata expression, without `{% %}`, for a key, as decimal text: no row at or above it is ever read or
   * written in the target, because others write there.
   *
   * @default - the target is nobody else's
   */
  readonly cut?: string;

  /**
   * JSONata expression, without `{% %}`, for whether both tables are on one server. Rows need not travel
   * through the task then.
   *
   * @default 'false'
   */
  readonly sameServer?: string;

  /**
   * Sizes, rest, and what makes it wait. All of them can be changed while it runs, with the machine
   * `<stack>-settings`.
   *
   * @default ChunkSettings.of()
   */
  readonly settings?: ChunkSettings;

  /**
   * Ranges at a time, 1 to 8. Each has its own connections, and their rows are not in order.
   *
   * @default 1
   */
  readonly workers?: number;

  /**
   * JSONata expression, without `{% %}`, for whether a checkpoint that is older than a week is gone on
   * from.
   *
   * @default 'false'
   */
  readonly resumeStale?: string;
}

const WORDS = {
  copy: { verb: 'copy', act: 'Copy', work: 'copies', suffix: 'Copy' },
  verify: { verb: 'compare', act: 'Compare', work: 'comparisons', suffix: 'Verify' },
} as const;

/** One phase of a chunked copy, over all ranges. */
export class ChunkRanges extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ChunkRangesProps,
    private readonly phase: CopyChunksPayload['phase'],
    private readonly addLate: boolean,
  ) {
    super(scope, id);
    const { noun, step, ranges, workers = 1 } = props;
    checkStepName(this, 'step', step);
    if (!(Number.isInteger(workers) && workers >= 1 && workers <= 8)) {
      throw new RunbookPropsError(this, `workers must be 1 to 8, got ${workers}`);
    }
    const { verb, suffix } = WORDS[phase];
    const settings = (props.settings ?? ChunkSettings.of()).render(this);
    const each = new ForEach(this, 'Ranges', {
      name: `${step}${suffix}`,
      noun: `range of ${noun} to ${verb}`,
      nouns: `ranges of ${noun} to ${verb}`,
      items: `$map($append([], ${ranges}), function($range) { { 'key': $range.name, 'value': $range } })`,
      common:
        `{ 'cut': ${props.cut ?? 'null'}, 'sameServer': ${props.sameServer ?? 'false'}, ` +
        `'settings': ${settings}, 'resumeStale': ${props.resumeStale ?? 'false'} }`,
      maxConcurrency: workers,
      body: (child) => this.range(child),
    });
    this.startState = each.startState;
    this.endStates = each.endStates;
  }

  /** One range, in as many stretches as it takes. */
  private range(scope: Construct): Step {
    const { noun, step } = this.props;
    const { work, suffix } = WORDS[this.phase];
    return new Stretches(scope, 'Stretches', {
      work: `${work} of ${noun}`,
      label: `${step}${suffix}Chunks`,
      input: "$merge([$states.input, { 'turns': 0 }])",
      turns: (stretch) => this.turns(stretch),
    });
  }

  private turns(scope: Construct): sfn.IChainable {
    const { noun } = this.props;
    const { act, verb, work } = WORDS[this.phase];
    const common = (name: string) => `{% $states.input.common.${name} %}`;
    const chunks = chunkTurns(scope, {
      tables: new CopyTables(scope, this.props),
      phase: this.phase,
      addLate: this.addLate,
      act: `${act} chunks of ${noun}`,
      result: 'turn',
      members: {
        range: '{% $states.input.value %}',
        cut: common('cut'),
        sameServer: common('sameServer'),
        settings: common('settings'),
        resumeStale: common('resumeStale'),
      },
      inItem: true,
    });
    const more = sfn.Choice.jsonata(scope, `More chunks of ${noun} to ${verb}?`, {
      comment: 'Leads back while the task says that it is not through. On redrive: asks again',
    });
    const ended = sfn.Succeed.jsonata(scope, `Stretch of ${work} of ${noun} ended`, {
      outputs:
        "{% $states.input.turn.status = 'running' ? $merge([$states.input.turn, { 'status': 'handover' }]) : $states.input.turn %}",
      comment: 'Hands counts to the parent, never rows. On redrive: is not run again',
    });
    chunks.next(more);
    more.when(mayGoOn('turn'), chunks).otherwise(ended);
    return chunks;
  }
}
