import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { BatchPlan, Evidence } from '../../lambdas/run-batches/payload';
import type { StatementTemplate } from '../../lambdas/shared/sql';
import { RunbookPropsError } from '../platform/props-error';
import { OrderedBatches } from './batches';
import { Step } from './chain';
import { ForEach } from './for-each';
import type { SqlFile } from './sql-text';
import { checkStepName } from './step-name';
import type { Warehouse } from './warehouse';

/** How the work is cut; members may be JSONata strings. */
export class Batches {
  /** Batches 0 … n - 1, each with parameter `:batch`. */
  static count(batches: number | string): Batches {
    return new Batches({ kind: 'count', batches: batches as number });
  }

  /** Growing windows: parameter `:days` is `by`, 2 × `by`, … and at last `total`. */
  static growing(total: number | string, by: number | string): Batches {
    return new Batches({ kind: 'growing', total: total as number, by: by as number });
  }

  /**
   * Half-open ranges of `hours` from old to new with parameters `:range_start` and `:range_end`.
   *
   * @param to an instant, or `now`, which is fixed when the first batch starts
   * @param tail an instant behind `to` that one more range reaches, as long as it may be
   */
  static ranges(from: string, to: string, hours: number | string, tail?: string): Batches {
    const plan = { kind: 'ranges', from, to, hours: hours as number } as const;
    return new Batches(tail === undefined ? plan : { ...plan, tail });
  }

  private constructor(
    /**
     * What the task is told.
     *
     * @internal
     */
    readonly plan: BatchPlan,
  ) {}
}

/** Properties of {@link BatchedProcedure}. */
export interface BatchedProcedureProps {
  /**
   * What is run, in the plural and lower case, as in the state names `Run event batches` and
   * `More event batches?`. Unique in the machine.
   */
  readonly work: string;

  /** Name of the step in ledger and reports, and of its result in the state data: letters only. */
  readonly step: string;

  /** Where the procedure runs. */
  readonly warehouse: Warehouse;

  /** The call. */
  readonly statement: SqlFile | StatementTemplate;

  /** How the work is cut into batches. */
  readonly batches: Batches;

  /**
   * Whether batch n + 1 must wait for batch n. Batches without order run in groups, and a group
   * that fails stops no other.
   *
   * @default true
   */
  readonly ordered?: boolean;

  /**
   * Batches of a group, when there is no order.
   *
   * @default 100
   */
  readonly groupSize?: number;

  /**
   * Groups at a time, when there is no order.
   *
   * @default 2
   */
  readonly groupConcurrency?: number;

  /**
   * How the end of a call is judged. A procedure that catches its errors needs a log table.
   *
   * @default - the status of the statement alone
   */
  readonly evidence?: Evidence;

  /**
   * Call a batch again until the evidence says that nothing is left, at most this often.
   *
   * @default - each batch is called once
   */
  readonly maxCalls?: number | string;

  /**
   * Whether the step stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/** Groups one Map may have, so that its history stays small. */
const MOST_GROUPS = 1_000;

/**
 * Calls a stored procedure batch by batch, with one statement at a time in an order that is kept
 * across failures, stops and redrives. Each call is started once, whatever dies in between.
 */
export class BatchedProcedure extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: BatchedProcedureProps) {
    super(scope, id);
    checkStepName(this, 'step', props.step);
    const inner = props.ordered === false ? this.groups(props) : this.ordered(props);
    this.startState = inner.startState;
    this.endStates = inner.endStates;
  }

  private ordered(props: BatchedProcedureProps): Step {
    return new OrderedBatches(this, 'Ordered', {
      work: props.work,
      warehouse: props.warehouse,
      label: props.step,
      inItem: props.inItem ?? false,
      payload: payloadOf(props, props.batches.plan),
    });
  }

  private groups(props: BatchedProcedureProps): Step {
    const { plan } = props.batches;
    const size = props.groupSize ?? 100;
    if (plan.kind !== 'count') {
      throw new RunbookPropsError(
        this,
        `batches without order are Batches.count(…), got ${plan.kind}`,
      );
    }
    if (typeof plan.batches === 'number' && plan.batches > MOST_GROUPS * size) {
      throw new RunbookPropsError(
        this,
        `${plan.batches} batches in groups of ${size} are more than ${MOST_GROUPS} groups; make the batches larger or set ordered`,
      );
    }
    const count = String(plan.batches).replace(/^\{%|%\}$/g, '');
    return new ForEach(this, 'Groups', {
      name: `${props.step}Groups`,
      noun: `group of ${props.work}`,
      nouns: `groups of ${props.work}`,
      items:
        `$map([0..($ceil((${count}) / ${size}) - 1)], function($g) { { 'key': 'g' & $g, 'value': ` +
        `{ 'first': $g * ${size}, 'batches': $min([${size}, (${count}) - $g * ${size}]) } } })`,
      maxConcurrency: props.groupConcurrency ?? 2,
      body: (body) =>
        new OrderedBatches(body, 'Group', {
          work: props.work,
          warehouse: props.warehouse,
          label: props.step,
          inItem: true,
          payload: payloadOf(props, {
            kind: 'count',
            first: '{% $states.input.value.first %}' as unknown as number,
            batches: '{% $states.input.value.batches %}' as unknown as number,
          }),
        }),
    });
  }
}

function payloadOf(props: BatchedProcedureProps, plan: BatchPlan) {
  const { statement } = props;
  return {
    step: props.step,
    plan,
    statement: 'template' in statement ? statement.template : statement,
    evidence: props.evidence ?? { kind: 'status' },
    ...(props.maxCalls === undefined ? {} : { maxCalls: props.maxCalls }),
  } as never;
}
