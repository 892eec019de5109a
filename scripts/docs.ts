// Writes what is drawn or listed from the code: diagrams of the machines, the table of errors: npm run docs

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { diagrams } from './diagrams';
import { errorsPage } from './errors-page';

const folder = path.join(__dirname, '../docs/diagrams');
mkdirSync(folder, { recursive: true });
const drawn = diagrams();
for (const left of readdirSync(folder).filter((file) => !(file in drawn))) {
  rmSync(path.join(folder, left));
}
for (const [file, svg] of Object.entries(drawn)) writeFileSync(path.join(folder, file), svg);
console.log(`${Object.keys(drawn).length} diagrams drawn in docs/diagrams`);
writeFileSync(path.join(__dirname, '../docs/errors.md'), errorsPage());
