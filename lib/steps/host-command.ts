import type { Construct } from 'constructs';
import type { RunHostCommandPayload } from '../../lambdas/run-host-command/payload';
import { Platform } from '../platform/platform';
import type { TaskRights } from '../platform/task-rights';
import type { PayloadOf } from '../platform/task-state';
import { Step } from './chain';
import type { RunbookHost } from './host';
import { checkStepName } from './step-name';
import { WaitLoop } from './wait-loop';

/** Properties of {@link HostInspection}. */
export interface HostInspectionProps {
  /** Name of the state: verb and object, such as `Look at the Tutor host`. */
  readonly act: string;

  /** Name in ledger and state data: letters only, unique in the machine. */
  readonly step: string;

  /** The host. */
  readonly host: RunbookHost;

  /** Name of the script that looks, such as `aspects/discover`. */
  readonly inspect: string;

  /**
   * Variables of the scripts: texts, or JSONata such as `{% $states.input.input.version %}`. They stand in
   * logs: no secrets, no line breaks, no braces.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Name of the Choice behind it: a question.
   *
   * @default - made of `act`
   */
  readonly question?: string;

  /**
   * Name of the state behind both.
   *
   * @default - made of `act`
   */
  readonly done?: string;

  /**
   * Whether it stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;

  /**
   * Whether it stands in a release machine behind the release: the run in the state data was given up, and
   * `run.arn` is the release's own execution.
   *
   * @default false
   */
  readonly released?: boolean;
}

/** Properties of {@link HostCommand}. */
export interface HostCommandProps extends HostInspectionProps {
  /** Name of the script that works, such as `aspects/build-images`. */
  readonly script: string;

  /** Longest time of the work, in hours, or JSONata for it; a redrive gives it more. */
  readonly hours: number | string;
}

const RIGHTS: TaskRights = { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] };

/**
 * Runs a script on a host by Systems Manager, apart from the agent, so that it outlives time-outs, a dead agent
 * and a dead task, and is found again by a retry or a redrive. Nothing that is printed there leaves the host but
 * a short end of the log without secrets. Whether the work was done says an inspection, never an exit status.
 * The result is `{ status: 'done', trailer }` with what the inspection found.
 */
export class HostCommand extends Step {
  readonly startState: WaitLoop['startState'];
  readonly endStates: WaitLoop['endStates'];

  constructor(scope: Construct, id: string, props: HostCommandProps) {
    super(scope, id);
    const loop = hostLoop(this, props, props.script, props.hours, [
      `Starts ${props.script} on the host, or finds it, follows it to its end and inspects what it did.`,
      'On redrive: follows the one that still runs, and begins the next attempt only after a failed one',
    ]);
    this.startState = loop.startState;
    this.endStates = loop.endStates;
  }
}

/** Looks at a host by Systems Manager, and changes nothing there. The result is as that of {@link HostCommand}. */
export class HostInspection extends Step {
  readonly startState: WaitLoop['startState'];
  readonly endStates: WaitLoop['endStates'];

  constructor(scope: Construct, id: string, props: HostInspectionProps) {
    super(scope, id);
    const loop = hostLoop(this, props, null, 1, [
      `Runs ${props.inspect} on the host, which changes nothing there.`,
      'On redrive: looks again, where it had found a problem',
    ]);
    this.startState = loop.startState;
    this.endStates = loop.endStates;
  }
}

function hostLoop(
  scope: Step,
  props: HostInspectionProps,
  script: string | null,
  hours: number | string,
  comment: readonly string[],
): WaitLoop {
  const { act, step, host, inspect, environment = {} } = props;
  checkStepName(scope, 'step', step);
  const platform = Platform.of(scope);
  const task = platform.task('run-host-command', RIGHTS);
  // What a stopped run left on the host is ended by the net, and by a release.
  const settling = ['settle-closed-run', 'release-run'].map((name) => platform.task(name));
  for (const grantee of [task, ...settling]) host.grant(grantee);
  const payload: PayloadOf<RunHostCommandPayload> = {
    step,
    host: host.render(scope),
    script,
    inspect,
    environment,
    hours,
    released: props.released ?? false,
  };
  return new WaitLoop(scope, 'Loop', {
    step,
    act,
    question: props.question ?? `${act}: done?`,
    done: props.done ?? `${act}: done`,
    task,
    payload: { ...payload },
    comment: comment.join(' '),
    inItem: props.inItem,
  });
}
