import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { addResult, taskState } from '../platform/task-state';
import { Step } from './chain';
import { checkStepName } from './step-name';

/** Properties of {@link WaitLoop}. */
export interface WaitLoopProps {
  /** Name of the result in the state data: letters only, unique in the machine. */
  readonly step: string;

  /** Name of the state that calls the task: verb and object. */
  readonly act: string;

  /** Name of the Choice behind it: a question. */
  readonly question: string;

  /** Name of the state behind both. */
  readonly done: string;

  /** The waiting task: its result has a `status`, and `running` means that it has to be called again. */
  readonly task: lambda.IFunction;

  /** Own members of its payload. */
  readonly payload: Readonly<Record<string, unknown>>;

  /** What the state does, and what on redrive. */
  readonly comment: string;

  /**
   * Whether it stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/**
 * A waiting task, the question that leads back to it while it runs, and the way on.
 *
 * The task leaves before its time is over and says `running`; the state data hold what it said last.
 */
export class WaitLoop extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: WaitLoopProps) {
    super(scope, id);
    const { step } = props;
    checkStepName(this, 'step', step);
    const act = taskState(this, props.act, {
      task: props.task,
      payload: props.payload,
      inItem: props.inItem ?? false,
      outputs: addResult(step),
      comment: props.comment,
    });
    const through = sfn.Choice.jsonata(this, props.question, {
      comment: 'Leads back while it goes on. On redrive: asks again',
    });
    const done = sfn.Pass.jsonata(this, props.done, {
      comment: 'Goes on with the result in the state data. On redrive: is not run again',
    });
    act.next(through);
    through
      .when(sfn.Condition.jsonata(`{% $states.input.${step}.status = 'running' %}`), act)
      .otherwise(done);
    this.startState = act;
    this.endStates = [done];
  }
}
