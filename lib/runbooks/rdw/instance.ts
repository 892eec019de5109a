// What every machine of the runbook has: the instance, the check before anything is touched, the window
// around the work, and the sweep over the tenants that are nobody's business.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { InputName } from '../../../lambdas/shared/inputs';
import type { RdwTarget, TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookMachine } from '../../platform/runbook-machine';
import { ForEach } from '../../steps/for-each';
import { checkThenWork } from '../check-then-work';
import { warehouseOf } from '../warehouse-of';
import { expireObjects } from './expiry';
import { type Instance, preflightBackfill, TENANTS } from './preflight';
import { quietPeriod } from './quiet';
import { sweepAfter, sweepBefore } from './reconcile';
import { regularJob } from './regular-job';
import { settleExports } from './settle-exports';
import { MySqlSource } from './source';
import { askForWindow } from './window';

/** The instance of a target, as the states of one machine use it. */
const instanceOf = (scope: Construct, target: RdwTarget): Instance => ({
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
function inWindow(scope: Construct, instance: Instance, props: TenantWindow): sfn.Chain {
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

/** A machine of the runbook. */
export interface WindowMachine {
  /** Last part of the machine's name, as in `backfill`. */
  readonly name: string;

  /** Schema of its input, and its name in ledger and reports. */
  readonly runbook: InputName;

  /** What it does, in one line. */
  readonly comment: string;

  /** What is done in its window. */
  readonly window: (instance: Instance) => TenantWindow;
}

/** Adds a machine whose work stands in a maintenance window. */
export const addWindowMachine = (
  scope: Construct,
  id: string,
  { rdw, tracing }: TargetWith<'rdw'>,
  { name, runbook, comment, window }: WindowMachine,
): RunbookMachine => {
  const machine = new RunbookMachine(scope, id, {
    name,
    runbook,
    comment,
    schema: runbook,
    target: { tenants: rdw.tenants },
    tracing,
    docs: 'docs/runbooks/rdw.md',
    body: (body) => {
      const instance = instanceOf(body, rdw);
      return inWindow(body, instance, window(instance));
    },
  });
  settleExports(machine, machine, new MySqlSource(machine, rdw));
  return machine;
};
