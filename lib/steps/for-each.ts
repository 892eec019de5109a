import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Platform } from '../platform/platform';
import { RunbookPropsError } from '../platform/props-error';
import { NAMING_FAILED_CHILDREN, SETTLING_LEFT_ITEMS } from '../platform/task-rights';
import { taskState } from '../platform/task-state';
import { Step } from './chain';
import { checkStepName } from './step-name';

/** Properties of {@link ForEach}. */
export interface ForEachProps {
  /** Name of the step in ledger and state data: letters only. */
  readonly name: string;

  /** One item, as in the state name `For each application`. */
  readonly noun: string;

  /** Several items, as in `Applications left?`; lower case. */
  readonly nouns: string;

  /** JSONata expression, without `{% %}`, for an array of `{ key, value }`; keys match `[A-Za-z0-9_.-]+`. */
  readonly items: string;

  /** What is done for an item; the state data there have `run`, `item`, `value` and `common`. */
  readonly body: (scope: Construct) => sfn.IChainable;

  /**
   * JSONata expression for what all children are given as `common`.
   *
   * @default - nothing
   */
  readonly common?: string;

  /**
   * Items at a time.
   *
   * @default 1
   */
  readonly maxConcurrency?: number;

  /**
   * What becomes of the other items when one fails: `continue`, or `stop`, or a JSONata expression,
   * without `{% %}`, for one of the two.
   *
   * With `stop` no item begins after one that failed, and a redrive goes on with that one first.
   *
   * @default 'continue'
   */
  readonly tolerance?: string;

  /**
   * JSONata expression, without `{% %}`, for the state data beside the items from here on.
   *
   * Many items are large, and state data end at 256 KiB: what they were made of can be left behind.
   *
   * @default - the state data stay as they are
   */
  readonly carry?: string;
}

/**
 * Independent items: one that fails stops no other. When all have ended, one error names those that
 * are not done, and a redrive starts these and only these, each going on from the ledger.
 *
 * With tolerance `stop` they depend on each other: the first failure fails the Map, and a redrive
 * follows the Map Run into the failed child and then starts those that were waiting.
 */
export class ForEach extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: ForEachProps) {
    super(scope, id);
    const { name, noun, nouns } = props;
    checkStepName(this, 'name', name);
    const platform = Platform.of(this);
    const { tolerance = 'continue', maxConcurrency = 1, carry = '$states.input' } = props;
    if (tolerance !== 'continue' && maxConcurrency !== 1) {
      throw new RunbookPropsError(
        this,
        `items that can stop each other run one after the other, got maxConcurrency ${maxConcurrency}; leave it out or set tolerance to continue`,
      );
    }
    const list = sfn.Pass.jsonata(this, `List the ${nouns}`, {
      outputs: `{% $merge([${carry}, { '${name}': { 'todo': [${props.items}] } }]) %}`,
      comment: 'Puts the items into the state data. On redrive: is not run again',
    });
    const map = new ToleratingMap(this, `For each ${noun}`, percentageOf(tolerance), {
      items: sfn.ProvideItems.jsonata(`{% [$states.input.${name}.todo] %}`),
      itemSelector: {
        run: '{% $states.input.run %}',
        item: { map: name, key: '{% $states.context.Map.Item.Value.key %}' },
        value: '{% $states.context.Map.Item.Value.value %}',
        common: `{% ${props.common ?? '{}'} %}`,
      },
      maxConcurrency,
      label: name,
      mapExecutionType: sfn.StateMachineType.STANDARD,
      outputs:
        `{% $merge([$states.input, { '${name}': { 'todo': [$states.input.${name}.todo], ` +
        `'redrives': $states.context.Execution.RedriveCount } }]) %}`,
      comment: COMMENTS[tolerance] ?? COMMENTS.chosen,
    });
    const mark = taskState(this, `Mark the ${noun} done`, {
      task: platform.task('mark-item'),
      payload: {},
      inItem: true,
      outputs: { done: '{% $states.input.item.key %}' },
      comment:
        'Writes to the ledger that nothing is left for this item. On redrive: writes it again',
    });
    map.itemProcessor(sfn.Chain.start(props.body(this)).next(mark));
    const settle = taskState(this, `Settle the ${nouns}`, {
      task: platform.task('settle-items'),
      payload: {
        map: name,
        keys: `{% [$states.input.${name}.todo.key] %}`,
        redrivesAtEnd: `{% $states.input.${name}.redrives %}`,
      },
      outputs:
        `{% ($left := [$states.result.Payload.left]; $merge([$states.input, { '${name}': ` +
        `{ 'todo': [$states.input.${name}.todo[key in $left]] } }])) %}`,
      comment:
        'Throws one error that names every item that is not done. ' +
        'On redrive: hands these back, and only these are started again',
    });
    // With tolerance `stop` the Map itself fails, and none is left behind one that succeeds.
    if (tolerance !== 'stop') platform.widen('settle-items', SETTLING_LEFT_ITEMS);
    if (tolerance !== 'continue') platform.widen('notify-status', NAMING_FAILED_CHILDREN);
    const left = sfn.Choice.jsonata(this, `Any ${nouns} left?`, {
      comment: 'Leads back to the Map with the items that a redrive has to repeat',
    });
    const done = sfn.Pass.jsonata(this, `All ${nouns} done`, {
      comment: 'Every item has its mark in the ledger',
    });
    list.next(map).next(settle).next(left);
    left
      .when(sfn.Condition.jsonata(`{% $count($states.input.${name}.todo) > 0 %}`), map)
      .otherwise(done);
    this.startState = list;
    this.endStates = [done];
  }
}

const COMMENTS: Readonly<Record<string, string>> = {
  continue: 'Runs each item in a child of its own; a failing one stops no other',
  stop:
    'Runs each item in a child of its own; none begins after one that failed. ' +
    'On redrive: goes on with the failed one, then with those that wait',
  chosen:
    'Runs each item in a child of its own; the input says whether a failing one stops those that wait. ' +
    'On redrive: after a stop goes on with the failed one, then with those that wait',
};

function percentageOf(tolerance: string): number | string {
  if (tolerance === 'continue') return 100;
  return tolerance === 'stop' ? 0 : `{% (${tolerance}) = 'stop' ? 0 : 100 %}`;
}

/** The tolerance may be JSONata, for which CDK's property, a number, has no room. */
class ToleratingMap extends sfn.DistributedMap {
  constructor(
    scope: Construct,
    id: string,
    private readonly percentage: number | string,
    props: sfn.DistributedMapJsonataProps,
  ) {
    super(scope, id, { ...props, queryLanguage: sfn.QueryLanguage.JSONATA });
  }

  override toStateJson(language?: sfn.QueryLanguage): object {
    return { ...super.toStateJson(language), ToleratedFailurePercentage: this.percentage };
  }
}
