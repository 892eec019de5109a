import type { IConstruct } from 'constructs';
import { RunbookPropsError } from '../platform/props-error';

/**
 * Refuses a name that cannot stand in the state data, in keys of the ledger and as the label of a Map
 * alike.
 *
 * @param prop what the caller calls it
 */
export function checkStepName(scope: IConstruct, prop: 'step' | 'name', value: string): void {
  if (/^[A-Za-z]+$/.test(value)) return;
  throw new RunbookPropsError(scope, `${prop} must be letters only, got ${JSON.stringify(value)}`);
}
