// What every machine of the runbook has: the instance, the check before anything is touched, the window
// around the work, and the sweep over the tenants that are nobody's business.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { ForEach } from '../../steps/for-each';
import { checkThenWork } from '../check-then-work';
import { warehouseOf } from '../warehouse-of';
import { expireObjects } from './expiry';
import { type Instance, preflightBackfill, TENANTS } from './preflight';
import { quietPeriod } from './quiet';
import { sweepAfter, sweepBefore } from './reconcile';
import { regularJob } from './regular-job';
import { MySqlSource } from './source';
import { askForWindow } from './window';

/** The instance of a target, as the states of one machine use it. */
export const instanceOf = (scope: Construct, target: RdwTarget): Instance => ({
  target,
  source: new MySqlSource(scope, target),
  warehouse: warehouseOf(scope, target.warehouse),
  job: regularJob(scope, target),
});

/** What is done for each tenant in the window. */
export interface TenantWindow {
  /** In the gate's question, as in `back-filled`. */
  readonly work: string;

  /** JSONata, without `{% %}`, for what each tenant's child gets as `common`. */
  readonly common: string;

  /** What becomes of the other tenants when one fails: `continue`, or JSONata without `{% %}`. */
  readonly tolerance: string;

  /** JSONata for the instant since which exams count. */
  readonly start: string;

  /** The states of one tenant. */
  readonly tenant: (scope: Construct) => sfn.IChainable;
}

/** From the check to the end of the window; the regular job stands still around the tenants. */
export function inWindow(scope: Construct, instance: Instance, props: TenantWindow): sfn.Chain {
  const { target } = instance;
  const quiet = quietPeriod(scope, instance);
  const tenants = new ForEach(scope, 'Tenants', {
    name: TENANTS,
    noun: 'tenant',
    nouns: 'tenants',
    items: '$states.input.plan.tenants',
    // Hundreds of tenants would be in the state data twice.
    carry: "$states.input ~> |plan|{}, ['tenants']|",
    common: props.common,
    tolerance: props.tolerance,
    body: props.tenant,
  });
  return checkThenWork(scope, {
    check: preflightBackfill(scope, { ...instance, start: props.start }),
    plan: { plan: '{% $states.input.plan %}' },
    work: sfn.Chain.start(askForWindow(scope, props.work))
      .next(quiet.begin)
      .next(sweepBefore(scope, instance))
      .next(tenants)
      .next(sweepAfter(scope, instance))
      .next(quiet.end)
      .next(expireObjects(scope, { target })),
  });
}
