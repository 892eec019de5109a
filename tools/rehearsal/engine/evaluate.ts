// Fields of a state: what their expressions see, and what they may become.
import type { Json } from './definition';
import { EVALUATION, StateError } from './errors';
import type { Bindings } from './expressions';
import { describeRange, isInRange, MAX_LENGTH, NUMBERS } from './fields';
import { type Frame, type Visit, visibleVariables } from './frame';
import type { Thread } from './thread';

/** Where a field is evaluated, and with what besides input and context. */
export interface Place {
  readonly thread: Thread;
  readonly frame: Frame;
  readonly visit: Visit;
}
export type Reserved = Readonly<{ result?: unknown; errorOutput?: unknown; context?: Json }>;

/** Evaluates what a definition says in a field of the state. */
export function evaluate(
  place: Place,
  template: unknown,
  field: string,
  reserved: Reserved = {},
): Promise<unknown> {
  const { thread, frame, visit } = place;
  const { context, ...rest } = reserved;
  const states: Bindings = {
    input: visit.input.value,
    context: { ...contextOf(place), ...context },
    ...rest,
  };
  const bindings = { ...visibleVariables(frame), states };
  return thread.execution.world.expressions.evaluate(template, bindings, field);
}

/** A number in a field of the state, or undefined when the field is absent. */
export async function number(place: Place, field: string): Promise<number | undefined> {
  const template = place.visit.state[field];
  if (template === undefined) return undefined;
  const value = await evaluate(place, template, field);
  const range = NUMBERS[field]!;
  if (isInRange(value, range)) return value;
  throw wrongType(place, field, describeRange(range));
}

export async function text(place: Place, field: string): Promise<string | undefined> {
  const template = place.visit.state[field];
  if (template === undefined) return undefined;
  const value = await evaluate(place, template, field);
  const most = MAX_LENGTH[field] ?? Number.POSITIVE_INFINITY;
  if (typeof value === 'string' && value.length <= most) return value;
  throw wrongType(
    place,
    field,
    most < Infinity ? `a string of at most ${most} characters` : 'a string',
  );
}

export function wrongType({ visit }: Place, field: string, wanted: string): StateError {
  const reason = `The field '${field}' of the state '${visit.state.name}' must be ${wanted}.`;
  return new StateError(EVALUATION, reason, field);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
export function contextOf({ thread: { execution }, visit }: Place): Json {
  const { props, redriveDate } = execution;
  return {
    Execution: {
      Id: execution.arn,
      Input: props.input.value,
      Name: props.name,
      RoleArn: props.machine.roleArn,
      StartTime: isoTime(execution.startDate),
      RedriveCount: execution.redriveCount,
      ...(redriveDate === undefined ? {} : { RedriveTime: isoTime(redriveDate) }),
    },
    State: {
      EnteredTime: isoTime(visit.enteredTime),
      Name: visit.state.name,
      RetryCount: visit.retryCount,
    },
    StateMachine: { Id: execution.stateMachineArn, Name: props.machine.name },
  };
}

/** Zeros at the end are dropped, so readers meet timestamps without a fraction. */
function isoTime(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
