// Ten facts and twenty-eight traps of upgrading Aspects by hand: each has a test that is named after it, and
// none may lose its last one.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const FOLDERS = [
  'test/lambdas',
  'test/runbooks/aspects',
  'test/steps',
  'tools/test/host',
  'tools/test/clickhouse',
  'tools/test/slow',
];
const FACTS = Array.from({ length: 10 }, (_, i) => `fact ${i + 1}`);
const TRAPS = ['T1b', ...Array.from({ length: 27 }, (_, i) => `T${i + 1}`)];

/** Texts in test files that stand where a name of a test or of its row does. */
const names = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true }).map((file) =>
    path.join(ROOT, folder, String(file)),
  ),
)
  .filter((file) => /aspects|host|clickhouse/.test(file) && file.endsWith('.test.ts'))
  .flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/(?:\bit\(|describe\(|\[|,)\s*['"`]([^'"`\n]+)/g),
  ])
  .map(([, name]) => name!);

it.each([...FACTS, ...TRAPS])('%s has its test', (word) => {
  const found = names.filter((name) => new RegExp(`(^|[ ,])${word}([ :,]|$)`).test(name));
  expect(found).not.toEqual([]);
});
