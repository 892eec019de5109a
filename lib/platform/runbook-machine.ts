import type { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { INPUTS, type InputName } from '../../lambdas/shared/inputs';
import { Alarms } from './alarms';
import { allow } from './allow';
import { RunbookDashboard } from './dashboard';
import { Machine } from './machine';
import { Notices } from './notices';
import { OperatorPolicy } from './operator-policy';
import { machineOutputs } from './outputs';
import { Platform } from './platform';
import { EXECUTION_CALLER, taskState } from './task-state';

/** Properties of {@link RunbookMachine}. */
export interface RunbookMachineProps {
  /** Last part of the state machine's name, e.g. `data-migration`; the first is the stack's. */
  readonly name: string;

  /** Name in ledger and reports, e.g. `clickstream-data-migration`. */
  readonly runbook: string;

  /** What the machine does, in one line. */
  readonly comment: string;

  /**
   * The work, between opening and closing the run. Its state data have `run` and `input`, the
   * validated input with all defaults; a dry run ends in a state of its own that changed nothing.
   */
  readonly body: (scope: Construct) => sfn.IChainable;

  /**
   * Schema of the input.
   *
   * @default 'none': any object, with `dryRun` and `continueRun`
   */
  readonly schema?: InputName;

  /**
   * What the schema must know of the target: plain values.
   *
   * @default - nothing
   */
  readonly target?: unknown;

  /**
   * Page that explains the machine.
   *
   * @default - no such output
   */
  readonly docs?: string;

  /**
   * How long a failed run may stay alone before an alarm. One value a stack: the first machine's.
   *
   * @default Duration.hours(2)
   */
  readonly quietAlarmAfter?: Duration;

  /**
   * Whether X-Ray traces are written.
   *
   * @default false
   */
  readonly tracing?: boolean;
}

/**
 * A runbook as a state machine. It refuses bad input in its first state, records the run, tells
 * people how it ended, alarms when a failed run is left alone, and closes the run at the end.
 */
export class RunbookMachine extends Construct {
  /** The machine, with its ARNs. */
  readonly machine: Machine;

  /** The same for other constructs of CDK. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: RunbookMachineProps) {
    super(scope, id);
    const platform = Platform.of(this);
    const schema = props.schema ?? 'none';
    const target = props.target ?? {};
    const first = taskState(this, 'Check the input', {
      task: platform.task('open-run'),
      caller: EXECUTION_CALLER,
      payload: {
        machine: props.runbook,
        schema,
        target,
        startTime: '{% $states.context.Execution.StartTime %}',
        input: '{% $states.input %}',
      },
      outputs: {
        run: '{% $states.result.Payload.run %}',
        input: '{% $states.result.Payload.input %}',
      },
      comment:
        'Refuses bad input, opens the run and takes its leases. On redrive: finds the run again, takes leases that are free now',
    });
    const last = taskState(this, 'Close the run', {
      task: platform.task('close-run'),
      payload: { dryRun: '{% $states.input.input.dryRun %}' },
      outputs: '{% $states.result.Payload %}',
      comment:
        'Writes the report, marks the run succeeded and frees its leases. On redrive: does so again',
    });
    const body = sfn.Chain.start(props.body(this));
    this.machine = new Machine(this, 'Machine', {
      name: props.name,
      comment: props.comment,
      definition: sfn.Chain.start(first).next(body).next(last),
      tracing: props.tracing,
    });
    this.stateMachine = this.machine.stateMachine;
    platform.register(this.machine.arns);
    new Notices(this, 'Notices', { machine: this.machine, quietAlarmAfter: props.quietAlarmAfter });
    new Alarms(this, 'Alarms', { machine: this.machine });
    RunbookDashboard.of(this)?.show(this.machine);
    OperatorPolicy.of(this).addRunbook(this.machine.arns);
    const example = (INPUTS[schema].example as (target: unknown) => unknown)(target);
    machineOutputs(this, { machine: this.machine, example, docs: props.docs });
  }

  /** Lets a function start this machine, for those who start a runbook from elsewhere. */
  grantStart(task: lambda.IFunction): void {
    allow(task, ['states:StartExecution'], [this.machine.arns.machine]);
  }
}
