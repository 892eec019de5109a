import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** A step: a few states with one way in and one way out, to be chained like a single state. */
export abstract class Step extends Construct implements sfn.IChainable {
  /** Name of the chain in error messages. */
  readonly id: string;

  /** First state. */
  abstract readonly startState: sfn.State;

  /** States the next one follows. */
  abstract readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.id = id;
  }

  /** Chains this step in front of another. */
  next(next: sfn.IChainable): sfn.Chain {
    return sfn.Chain.start(this).next(next);
  }
}
