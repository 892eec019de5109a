// How a pipeline stands by its root stacks alone. Between two levels of an upgrade nothing is in progress,
// and a rollback's name ends in COMPLETE too, so the statuses are compared as a whole, and with the tag.

import { standingOf } from '../stacks/stack-status';
import type { RootStack } from './solution-stacks';

type Standing = Pick<RootStack, 'name' | 'status' | 'version' | 'changedAt'>;

const UPGRADED = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE'];

/** Stacks that change now. */
export const moving = <S extends Standing>(stacks: readonly S[]): S[] =>
  stacks.filter(({ status }) => standingOf(status) === 'busy');

/** Stacks whose last change failed or was rolled back. */
export const failing = <S extends Standing>(stacks: readonly S[]): S[] =>
  stacks.filter(({ status }) => standingOf(status) !== 'busy' && !UPGRADED.includes(status));

/** Stacks that do not carry a version yet. */
export const behind = <S extends Standing>(stacks: readonly S[], version: string): S[] =>
  stacks.filter((stack) => stack.version !== version);

/** True when every root stack is created or updated and carries the version. */
export const complete = (stacks: readonly Standing[], version: string): boolean =>
  stacks.length > 0 &&
  stacks.every(({ status }) => UPGRADED.includes(status)) &&
  behind(stacks, version).length === 0;

/** What to remember of failing stacks, so that a later look can tell a new failure from this one. */
export const remember = (stacks: readonly Standing[]): Record<string, string> =>
  Object.fromEntries(failing(stacks).map(({ name, changedAt }) => [name, changedAt]));
