// A timeout that is not needed any more must not keep what it would have called.
import * as fc from 'fast-check';
import { TimerQueue } from '../../rehearsal/clock/timers';

test('a cancelled timer lets go of its callback, long before its instant', () => {
  const queue = new TimerQueue();
  const callback = jest.fn();
  const timer = queue.add(1_000_000, callback);
  queue.cancel(timer);
  expect(timer.callback).not.toBe(callback);
  expect(queue.next()).toBe(Number.POSITIVE_INFINITY);
});

test('whatever is cancelled, the others come in the order of their instants and of their making', () => {
  const plan = fc.array(fc.record({ instant: fc.nat(50), cancelled: fc.boolean() }), {
    minLength: 100,
    maxLength: 400,
  });
  fc.assert(
    fc.property(plan, (timers) => {
      const queue = new TimerQueue();
      const made = timers.map(({ instant }) => queue.add(instant, () => undefined));
      for (const [i, timer] of made.entries()) timers[i]!.cancelled && queue.cancel(timer);
      const left = made.filter((_timer, i) => !timers[i]!.cancelled);
      const expected = left.sort((a, b) => a.instant - b.instant || a.order - b.order);
      const taken = Array.from({ length: left.length }, () => queue.takeDue(50)!.order);
      expect(taken).toEqual(expected.map(({ order }) => order));
      expect(queue.takeDue(50)).toBeUndefined();
    }),
  );
});

test('what has fired may be cancelled, and nothing else is lost', () => {
  const queue = new TimerQueue();
  const fired = Array.from({ length: 200 }, () => queue.add(1, () => undefined));
  for (const _timer of fired) queue.takeDue(1);
  queue.add(2, () => undefined);
  for (const timer of fired) queue.cancel(timer);
  expect(queue.next()).toBe(2);
});
