// Proof that warehouse, load and reports agree: the tables of all tenants before the first and after the last
// one, and each tenant's load before the swap and its table after it. One task, four states.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { Platform } from '../../platform/platform';
import type { TaskFunction } from '../../platform/task-function';
import { WaitLoop } from '../../steps/wait-loop';
import type { Warehouse } from '../../steps/warehouse';
import type { MySqlSource } from './source';

/** Properties of the states that compare. */
export interface ReconcileProps {
  /** As the owner of the tables. */
  readonly warehouse: Warehouse;

  /** The warehouse of all tenants. */
  readonly source: MySqlSource;

  /** The target's configuration. */
  readonly target: RdwTarget;
}

/** Properties of {@link sweepAfter}. */
export interface SweepAfterProps extends ReconcileProps {
  /**
   * JSONata for the ids of the tenants whose tables the run has changed.
   *
   * @default - the tenants of the plan in the state data
   */
  readonly processed?: string;
}

/** Properties of {@link reconcileStaged}. */
export interface ReconcileStagedProps extends ReconcileProps {
  /**
   * JSONata for the high-water mark.
   *
   * @default '{% $states.input.highWater.high %}'
   */
  readonly high?: string;

  /**
   * JSONata for the rows that all slices have written.
   *
   * @default '{% $states.input.extract.rows %}'
   */
  readonly extractedRows?: string;
}

/**
 * Reads the tables of all tenants, in the root machine before the first tenant. In the state data
 * `sweepBefore` has the status only.
 */
export const sweepBefore = (scope: Construct, props: ReconcileProps): sfn.Chain =>
  state(scope, 'SweepBefore', props, {
    step: 'sweepBefore',
    act: 'Read the tables of all tenants',
    question: 'Are the tables of all tenants read?',
    done: 'The tables of all tenants are known',
    payload: { phase: 'before', tenants: tenantsOf(props) },
    comment:
      'Writes down counts and fingerprints of exam_alt_score of every tenant of the instance. ' +
      'On redrive: reads those that are not written down yet',
  });

/** Compares the tables of the tenants that were not worked on, in the root machine after the last one. */
export const sweepAfter = (
  scope: Construct,
  { processed = '{% [$states.input.plan.processed] %}', ...props }: SweepAfterProps,
): sfn.Chain =>
  state(scope, 'SweepAfter', props, {
    step: 'sweepAfter',
    act: 'Compare the tables of the other tenants',
    question: 'Are the tables of the others compared?',
    done: 'No other tenant was touched',
    payload: { phase: 'after', tenants: tenantsOf(props), processed },
    comment:
      'Compares exam_alt_score of the tenants that were not worked on with what it was before. ' +
      'On redrive: compares those again that had changed',
  });

/**
 * Compares the load of a tenant with its warehouse, inside the tenants' ForEach, before the swap. In the
 * state data `staged` has the rows `staged`, `inserted`, `superseded` and `orphan`.
 */
export const reconcileStaged = (
  scope: Construct,
  {
    high = '{% $states.input.highWater.high %}',
    extractedRows = '{% $states.input.extract.rows %}',
    ...props
  }: ReconcileStagedProps,
): sfn.Chain =>
  state(scope, 'ReconcileStaged', props, {
    step: 'staged',
    act: 'Compare the load with the warehouse',
    question: 'Is the load compared?',
    done: 'The load is what the warehouse has',
    payload: {
      phase: 'staged',
      source: props.source.ref,
      tenant: '{% $states.input.value %}',
      start: '{% $states.input.common.start %}',
      high,
      extractedRows,
    },
    comment:
      'Compares counts, sums and fingerprints by school year, and what the swap would insert with the exams that count. ' +
      'On redrive: compares everything again, unless it has passed',
    inItem: true,
  });

/** Compares the table of a tenant with what was compared before the swap, inside the tenants' ForEach. */
export const reconcileFinal = (scope: Construct, props: ReconcileProps): sfn.Chain =>
  state(scope, 'ReconcileFinal', props, {
    step: 'final',
    act: 'Compare what reports read with the load',
    question: 'Are the reports compared?',
    done: 'Reports read what the warehouse has',
    payload: { phase: 'final', tenant: '{% $states.input.value %}' },
    comment:
      'Compares the table by school year, looks for rows that break a key, and tries up to five reports. ' +
      'On redrive: compares everything again',
    inItem: true,
  });

interface CompareState {
  readonly step: string;
  readonly act: string;
  readonly question: string;
  readonly done: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly comment: string;
  readonly inItem?: boolean;
}

function state(
  scope: Construct,
  id: string,
  props: ReconcileProps,
  { payload, ...loop }: CompareState,
): sfn.Chain {
  const warehouse = props.warehouse.target;
  return sfn.Chain.start(
    new WaitLoop(scope, id, {
      ...loop,
      task: taskOf(scope, props),
      payload: { warehouse, ...payload },
    }),
  );
}

/** One function for all phases. What a stopped run leaves running, the settling tasks end. */
function taskOf(scope: Construct, { warehouse, source }: ReconcileProps): TaskFunction {
  const platform = Platform.of(scope);
  const task = platform.task('reconcile-backfill', {
    ledger: ['GetItem', 'PutItem', 'DeleteItem'],
    states: ['DescribeExecution'],
    vpc: source.vpc,
  });
  for (const grantee of [task, ...platform.settlingTasks]) warehouse.grantStatements(grantee);
  source.grant(task);
  return task;
}

const tenantsOf = ({ target }: ReconcileProps) =>
  target.tenants.map(({ id, reportingSchema }) => ({ id, reportingSchema }));
