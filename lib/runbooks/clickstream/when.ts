import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** What decides whether a phase is done. */
export interface When {
  /** Name of the Choice. */
  readonly question: string;
  /** JSONata condition. */
  readonly condition: string;
  /** Name of the state behind the phase. */
  readonly done: string;
}

/** A phase that the input may leave out. */
export function when(scope: Construct, phase: sfn.Chain, props: When): sfn.Chain {
  const wanted = sfn.Choice.jsonata(scope, props.question, {
    comment: 'The input says whether. On redrive: asks again',
  });
  const done = sfn.Pass.jsonata(scope, props.done, {
    comment: 'Done, or left out because the input says so. On redrive: is not run again',
  });
  wanted.when(sfn.Condition.jsonata(`{% ${props.condition} %}`), phase.startState).otherwise(done);
  phase.next(done);
  return sfn.Chain.custom(wanted, [done], done);
}
