// After the tests: which proofs `npm test` leaves to .ci/run, by name, so that nobody takes them for run.
import { readdirSync, readFileSync } from 'node:fs';

const folders = ['tools/test/slow', 'test/slow'];
const files = folders.flatMap((folder) => {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
});
const tests = files.map(
  (file) => readFileSync(file, 'utf8').match(/^\s*(it|test)(\.each)?\(/gm)?.length ?? 0,
);
const sum = tests.reduce((a, b) => a + b, 0);
console.log(
  `left out here, run by .ci/run: ${sum} slow proofs or tables of them in ${files.length} files (${files.join(', ')}),`,
);
console.log(
  'the checks of templates and SQL by other tools, the deployment into an emulator, and the packed package',
);
