import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { endOf, latestToken, ofUpdate } from '../../../../lambdas/shared/stacks/events';

const event = (at: number, ResourceStatus: string, ClientRequestToken?: string) =>
  ({
    StackId: 'stack',
    PhysicalResourceId: 'stack',
    Timestamp: new Date(at),
    ResourceStatus,
    ClientRequestToken,
  }) as StackEvent;

/** An update by hand without a token, before ours; ours; and one of somebody else with a token. */
const EVENTS = [
  event(1, 'UPDATE_IN_PROGRESS'),
  event(2, 'UPDATE_ROLLBACK_COMPLETE'),
  event(5, 'UPDATE_IN_PROGRESS'),
  event(6, 'UPDATE_COMPLETE'),
  event(8, 'UPDATE_IN_PROGRESS', 'other'),
];

it('finds the latest update without a token, none of an earlier one and none with a token', () => {
  expect(ofUpdate(EVENTS, '')).toEqual(EVENTS.slice(2, 4));
  expect(endOf(ofUpdate(EVENTS, ''))).toEqual({ status: 'UPDATE_COMPLETE', end: 'updated' });
  expect(ofUpdate(EVENTS.slice(4), '')).toEqual([]);
});

it('finds the events of a token, whatever else there is', () => {
  expect(ofUpdate(EVENTS, 'other')).toEqual(EVENTS.slice(4));
});

it('tells the token of the latest update, an empty one for none, and nothing before it began', () => {
  expect(latestToken(EVENTS, 3)).toBe('other');
  expect(latestToken(EVENTS.slice(0, 4), 3)).toBe('');
  expect(latestToken(EVENTS.slice(0, 2), 3)).toBeUndefined();
});
