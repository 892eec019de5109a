import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { answerMachineArn } from '../platform/answer-machine';
import { Platform } from '../platform/platform';
import { RunbookPropsError } from '../platform/props-error';
import { taskState } from '../platform/task-state';
import { Step } from './chain';

/** States in front of a gate that look at what it asks about. */
export interface GateLook {
  /** Puts the values for `question` and `approve` into the state data. */
  readonly states: (scope: Construct) => sfn.IChainable;

  /**
   * JSONata (`{% … %}`) for the redrive count the execution had when they looked. The gate asks nothing
   * that was seen before a redrive: it leads back to them.
   */
  readonly redriveCount: string;
}

/** Properties of {@link ManualGate}. */
export interface ManualGateProps {
  /** Name of the gate in the machine: letters, digits and hyphens. The answer names it. */
  readonly gate: string;

  /** What a person is asked: a text or JSONata (`{% … %}`). */
  readonly question: string;

  /**
   * Exactly what is approved: values or JSONata. An approval holds on redrive only while they are
   * the same.
   */
  readonly approve: Readonly<Record<string, unknown>>;

  /**
   * What people have done before they approve and must undo when the run has ended, each a sentence.
   * The last notice and the report name it.
   *
   * @default - nothing
   */
  readonly undo?: readonly string[];

  /**
   * Looks at what is asked about each time right before it is asked: at first, after a redrive, and when
   * it has changed.
   *
   * @default - what is asked about stands in the state data and stays so
   */
  readonly look?: GateLook;

  /**
   * Acts on the approval, which stands in the state data under `approval`. It compares what is
   * there now with the approved hash and, when they differ, does nothing and sets `changed`.
   *
   * @default - whatever follows the gate acts, and what is approved cannot change meanwhile
   */
  readonly act?: (scope: Construct) => sfn.IChainable;

  /**
   * JSONata condition on the data behind `act` that leads back to the gate.
   *
   * @default "$states.input.status = 'changed'"
   */
  readonly changed?: string;

  /**
   * How long an answer may take. After that the state fails, and a redrive asks again.
   *
   * @default Duration.days(7)
   */
  readonly timeout?: Duration;

  /**
   * Whether the gate stands inside a ForEach step, where every item asks for itself.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/** A state that waits for a person, who answers by starting the machine `<stack>-answer`. */
export class ManualGate extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: ManualGateProps) {
    super(scope, id);
    const { gate } = props;
    if (!/^[A-Za-z0-9-]{1,60}$/.test(gate)) {
      throw new RunbookPropsError(this, `gate must match [A-Za-z0-9-]{1,60}, got ${gate}`);
    }
    const ask = taskState(this, `Ask at gate ${gate}`, {
      task: Platform.of(this).task('open-gate'),
      payload: {
        gate,
        question: props.question,
        approve: props.approve,
        ...(props.undo && { undo: props.undo }),
        ...(props.look && { seenOn: props.look.redriveCount }),
        answerMachineArn: answerMachineArn(this),
      },
      inItem: props.inItem,
      callbackTimeout: props.timeout ?? Duration.days(7),
      outputs: "{% $merge([$states.input, { 'approval': $states.result }]) %}",
      comment: gateComment(gate, props.inItem ?? false),
    });
    const [first, asked] = this.looked(props, ask);
    this.startState = first;
    if (!props.act) {
      this.endStates = [asked];
      return;
    }
    const question = sfn.Choice.jsonata(this, `Changed since gate ${gate}?`, {
      comment:
        'Leads back to the gate when something else would be done now. On redrive: asks again',
    });
    const passed = sfn.Pass.jsonata(this, `Gate ${gate} passed`, {
      comment: 'What was approved is done',
    });
    asked.next(props.act(this)).next(question);
    question
      .when(
        sfn.Condition.jsonata(`{% ${props.changed ?? "$states.input.status = 'changed'"} %}`),
        first,
      )
      .otherwise(passed);
    this.endStates = [passed];
  }

  /** Where the gate begins, and what follows an answer. */
  private looked({ gate, look }: ManualGateProps, ask: sfn.TaskStateBase): [sfn.State, sfn.Chain] {
    if (!look) return [ask, sfn.Chain.start(ask)];
    const states = sfn.Chain.start(look.states(this));
    const fresh = sfn.Choice.jsonata(this, `Did gate ${gate} ask about what is there now?`, {
      comment:
        'Leads back to those who look when the gate was redriven: it has asked nothing then. On redrive: asks again',
    });
    const answered = sfn.Pass.jsonata(this, `Gate ${gate} is answered`, {
      comment: 'Goes on with the approval in the state data. On redrive: is not run again',
    });
    states.next(ask).next(fresh);
    fresh
      .when(sfn.Condition.jsonata('{% $states.input.approval.stale = true %}'), states.startState)
      .otherwise(answered);
    return [states.startState, sfn.Chain.start(answered)];
  }
}

/**
 * Comment of a state that waits at a gate: the answer, ready to paste once the run's id is put in.
 *
 * @internal
 */
export function gateComment(gate: string, inItem: boolean): string {
  const name = inItem ? `${gate}.<item>` : gate;
  return (
    'Waits for a person. Answer by starting the answer machine with ' +
    `{"run": "<run.id of this state's input>", "gate": "${name}", "answer": "approve", "by": "<your name>"}. ` +
    'On redrive: asks about what is there now, unless exactly that is approved already'
  );
}
