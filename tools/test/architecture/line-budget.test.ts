// The rehearsal is a test bed beside a product: it must not outgrow it. Tests and data (scenarios) do
// not count; blank lines and comments do.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
/** Once the ground floor stands; 1.0 when all four runbooks do. */
const MOST = 1.5;

function lines(folder: string, ending: RegExp): number {
  return readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((file) => path.join(folder, String(file)))
    .filter((file) => ending.test(file) && !file.includes('/scenarios/'))
    .reduce((sum, file) => sum + readFileSync(path.join(ROOT, file), 'utf8').split('\n').length, 0);
}

it('tools/rehearsal stays within its line budget', () => {
  const product = lines('lib', /\.ts$/) + lines('lambdas', /\.ts$/) + lines('sql', /\.sql$/);
  const rehearsal = lines('tools/rehearsal', /\.(ts|cjs|sql)$/);
  process.stdout.write(
    `line budget: tools/rehearsal ${rehearsal}, lib + lambdas + sql ${product}, ` +
      `ratio ${(rehearsal / product).toFixed(2)} of at most ${MOST}\n`,
  );
  expect(rehearsal / product).toBeLessThanOrEqual(MOST);
});
