// How every machine of the runbook begins: it looks at all it will touch; a dry run ends with what was found.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** Parts of a machine. */
export interface CheckThenWork {
  /** Looks, and reports every finding at once. */
  readonly check: sfn.State & sfn.INextable;

  /**
   * What only a dry run looks at.
   *
   * @default - nothing
   */
  readonly look?: sfn.State & sfn.INextable;

  /** What a dry run returns beside the input. */
  readonly plan: Readonly<Record<string, unknown>>;

  /** What follows. */
  readonly work: sfn.Chain;
}

export function checkThenWork(scope: Construct, parts: CheckThenWork): sfn.Chain {
  const { check, look, plan, work } = parts;
  const dry = sfn.Choice.jsonata(scope, 'Only a dry run?', {
    comment: 'A dry run ends with the plan. On redrive: asks again',
  });
  const report = sfn.Succeed.jsonata(scope, 'Report the plan', {
    outputs: { dryRun: true, input: '{% $states.input.input %}', ...plan },
    comment: 'Nothing was changed. On redrive: is not run again',
  });
  check.next(dry);
  look?.next(report);
  dry
    .when(sfn.Condition.jsonata('{% $states.input.input.dryRun %}'), look ?? report)
    .otherwise(work.startState);
  return sfn.Chain.custom(check, work.endStates, work);
}
