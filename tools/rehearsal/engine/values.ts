// What may stand in a field that is no expression.
import type { Json } from './definition';
import { isExpression } from './expressions';
import * as allowed from './fields';

/** Collects what is wrong in one place of a definition. */
export interface Checker {
  that(holds: boolean, field: string, otherwise: string): void;
  allow(json: Json, fields: readonly string[]): void;
}

export const isObject = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What stands in a field as it is; an expression is judged when it is evaluated. */
export function checkValue(check: Checker, field: string, value: unknown): void {
  const range = allowed.NUMBERS[field];
  const expression = typeof value === 'string' && isExpression(value);
  if (value === undefined || (expression && range === undefined)) return;
  if (range !== undefined) {
    const fine = allowed.isInRange(value, range) || (expression && range.expression === true);
    check.that(fine, field, `must be ${allowed.describeRange(range)}`);
  }
  const most = allowed.MAX_LENGTH[field];
  if (most !== undefined) {
    const fine = typeof value === 'string' && value.length <= most;
    check.that(fine, field, `must be a string of at most ${most} characters`);
  }
  if (field === 'Condition') check.that(typeof value === 'boolean', field, 'must be a boolean');
  if (field === 'Items') check.that(typeof value === 'object', field, 'must be an array');
  if (field === 'Timestamp') {
    check.that(allowed.TIMESTAMP.test(String(value)), field, 'must be an RFC 3339 timestamp');
  }
  if (field === 'JitterStrategy') {
    check.that(value === 'NONE' || value === 'FULL', field, 'must be NONE or FULL');
  }
}

export function checkTask(check: Checker, state: Json): void {
  const { Arguments: json, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  const [resource, callback] = allowed.RESOURCE.exec(String(state.Resource)) ?? [];
  check.that(resource !== undefined, 'Resource', `${state.Resource} is not supported`);
  const token = JSON.stringify(json ?? null).includes('$states.context.Task.Token');
  check.that(!callback || token, 'Arguments', 'must pass $states.context.Task.Token on');
  check.that(!!callback || heartbeat === undefined, 'HeartbeatSeconds', 'needs .waitForTaskToken');
  const longer =
    typeof timeout !== 'number' || typeof heartbeat !== 'number' || heartbeat < timeout;
  check.that(longer, 'HeartbeatSeconds', 'must be smaller than TimeoutSeconds');
  if (!isObject(json)) return;
  check.allow(json as Json, allowed.INVOKE_ARGUMENTS);
  check.that('FunctionName' in (json as Json), 'Arguments', 'FunctionName is missing');
}
