// The heap must not grow with the number of a Map's items: what is finished goes to a file. Compared is
// what the engine holds after garbage collection, in two processes, so that their ratio tells and not the machine.

import { measure } from '../../../test/bench/engine/measure';

test('100,000 items need at most 1.3 times the heap that 10,000 need', () => {
  const [few, many] = [10_000, 100_000].map(measure);
  const shown = [few!, many!].map(
    ({ items, transitions, seconds, heapMb }) =>
      `${items} items: ${Math.round(transitions / seconds)} transitions/s, peak heap ${heapMb.toFixed(1)} MB`,
  );
  console.log(`figure: ${shown.join('; ')} (rehearsal's engine, virtual clock)`);
  expect(many!.heapMb / few!.heapMb).toBeLessThan(1.3);
}, 300_000);
