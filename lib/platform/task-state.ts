import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { RETRIED_ERRORS } from '../../lambdas/shared/errors';
import { type Caller, PAYLOAD_VERSION } from '../../lambdas/shared/run';

/** Properties of {@link taskState}. */
export interface TaskStateProps {
  /** Function of the task. */
  readonly task: lambda.IFunction;

  /** Own members of the payload: values or JSONata strings; who calls is added. */
  readonly payload: Readonly<Record<string, unknown>>;

  /** What the state does, and in a second sentence what it does on redrive. */
  readonly comment: string;

  /**
   * `Output` of the state.
   *
   * @default - the state's input goes on unchanged
   */
  readonly outputs?: unknown;

  /**
   * Whether the state runs inside a child of a ForEach step, whose data name the item.
   *
   * @default false
   */
  readonly inItem?: boolean;

  /**
   * Members of the payload that say who calls; for states outside a run.
   *
   * @default - those of the run in the state data
   */
  readonly caller?: Readonly<Record<string, unknown>>;

  /**
   * Longest time of one call, a little more than the function's own.
   *
   * @default Duration.minutes(16)
   */
  readonly timeout?: Duration;

  /**
   * Wait for an answer with the task's token, at most this long.
   *
   * @default - the task's own result ends the state
   */
  readonly callbackTimeout?: Duration;
}

/** What a state has to write for a task, beside who calls: all members, as values or JSONata. */
export type PayloadOf<Payload> = {
  readonly [Name in keyof Omit<Payload, keyof Caller>]: unknown;
};

/** Members of a payload that say for whom the task works (`Caller`). */
function callerMembers(inItem: boolean): Record<string, unknown> {
  return {
    version: PAYLOAD_VERSION,
    runId: '{% $states.input.run.id %}',
    rootArn: '{% $states.input.run.arn %}',
    selfArn: '{% $states.context.Execution.Id %}',
    redriveCount: '{% $states.context.Execution.RedriveCount %}',
    ...(inItem ? { item: '{% $states.input.item %}' } : {}),
  };
}

/** The same for a state before or outside a run: it knows its execution only. */
export const EXECUTION_CALLER: Readonly<Record<string, unknown>> = {
  version: PAYLOAD_VERSION,
  rootArn: '{% $states.context.Execution.Id %}',
  selfArn: '{% $states.context.Execution.Id %}',
  redriveCount: '{% $states.context.Execution.RedriveCount %}',
};

/** A state that calls a task: payload with the caller, retries for passing faults only, a timeout. */
export function taskState(scope: Construct, id: string, props: TaskStateProps): tasks.LambdaInvoke {
  const callback = props.callbackTimeout !== undefined;
  const state = tasks.LambdaInvoke.jsonata(scope, id, {
    lambdaFunction: props.task,
    payload: sfn.TaskInput.fromObject({
      ...(props.caller ?? callerMembers(props.inItem ?? false)),
      ...(callback ? { token: '{% $states.context.Task.Token %}' } : {}),
      ...props.payload,
    }),
    integrationPattern: callback
      ? sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN
      : sfn.IntegrationPattern.REQUEST_RESPONSE,
    taskTimeout: sfn.Timeout.duration(
      props.callbackTimeout ?? props.timeout ?? Duration.minutes(16),
    ),
    outputs: props.outputs ?? '{% $states.input %}',
    retryOnServiceExceptions: false,
    comment: props.comment,
  });
  state.addRetry({
    errors: [...RETRIED_ERRORS],
    interval: Duration.seconds(2),
    maxAttempts: 6,
    backoffRate: 2,
    maxDelay: Duration.seconds(60),
    jitterStrategy: sfn.JitterType.FULL,
  });
  return state;
}

/** `Output` that adds a task's result to the state's input under `name`. */
export const addResult = (name: string): string =>
  `{% $merge([$states.input, { '${name}': $states.result.Payload }]) %}`;
