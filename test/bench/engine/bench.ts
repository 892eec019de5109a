// Items through a Distributed Map of three-state children: transitions per second and peak memory,
// each size in a process of its own. Figures are the rehearsal's own, on the machine it runs on; they
// say nothing about the speed of AWS.
//
//   npx tsx test/bench/engine/bench.ts [items …]

import { measure } from './measure';

const sizes = process.argv.slice(2).map(Number);
for (const items of sizes.length > 0 ? sizes : [1_000, 10_000, 100_000]) {
  const { seconds, transitions, heapMb, rssMb } = measure(items);
  console.log(
    `figure: ${items} items: ${Math.round(transitions / seconds)} transitions/s in ${seconds.toFixed(1)} s, ` +
      `peak heap ${heapMb.toFixed(1)} MB, peak RSS ${rssMb.toFixed(0)} MB (rehearsal's engine, virtual clock)`,
  );
}
