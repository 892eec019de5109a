import { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';
import {
  notUpdatable,
  standingOf,
  updateEndOf,
} from '../../../../lambdas/shared/stacks/stack-status';

const STATUSES = Object.values(StackStatus);

describe('status of a stack', () => {
  test.each(STATUSES)('%s has a standing', (status) => {
    expect(standingOf(status)).toBeDefined();
  });

  test('only UPDATE_COMPLETE ends an update well', () => {
    const ends = STATUSES.filter((status) => {
      try {
        return updateEndOf(status) === 'updated';
      } catch {
        return false;
      }
    });
    expect(ends).toEqual(['UPDATE_COMPLETE']);
  });

  test.each([
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  ])('%s is waited out', (status) => {
    expect(updateEndOf(status)).toBe('running');
  });

  test('an unknown one is thrown with its name', () => {
    expect(() => standingOf('UPDATE_PONDERING')).toThrow(
      'unexpected stack status "UPDATE_PONDERING"',
    );
    expect(() => updateEndOf(ResourceStatus.DELETE_COMPLETE)).toThrow('cannot end in stack status');
  });

  test.each([
    ['UPDATE_ROLLBACK_COMPLETE', undefined],
    ['UPDATE_ROLLBACK_FAILED', /continue the update rollback/],
    ['ROLLBACK_COMPLETE', /never created/],
    ['DELETE_FAILED', /is deleted/],
  ])('%s: what an operator does', (status, text) => {
    expect(notUpdatable('s', status) ?? '').toMatch(text ?? /^$/);
  });
});
