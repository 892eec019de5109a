// After the tests: which proofs `npm test` leaves to .ci/run, by name, so that nobody takes them for run.
import { readdirSync, readFileSync } from 'node:fs';
import { missing } from './engines.cjs';

const count = (files) =>
  files
    .map((file) => readFileSync(file, 'utf8').match(/^\s*(it|test)(\.each)?\(/gm)?.length ?? 0)
    .reduce((a, b) => a + b, 0);

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
console.log(
  `left out here, run by .ci/run: ${count(files)} slow proofs or tables of them in ${files.length} files (${files.join(', ')}),`,
);
console.log(
  'the checks of templates and SQL by other tools, the deployment into an emulator, and the packed package',
);

for (const [engine, get] of missing) {
  const needing = readdirSync('tools/test', { recursive: true })
    .map((name) => `tools/test/${name}`)
    .filter((file) => file.endsWith(`.${engine}.test.ts`));
  console.log(
    `left out for want of ${engine} (${get}): ${count(needing)} tests or tables of them in ${needing.join(', ')}`,
  );
}
