// One size: prints its figures as JSON. Started by bench.ts.

import { play } from './play';

const [assembly, scores] = process.argv.slice(2);
play(assembly!, Number(scores)).then(
  (figures) => console.log(JSON.stringify(figures)),
  (error: Error) => {
    console.error(error.stack);
    process.exitCode = 1;
  },
);
