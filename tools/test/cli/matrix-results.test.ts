// What a matrix keeps of its results, so that it may be played in parts.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Case } from '../../cli/matrix-cases';
import { MatrixResults } from '../../cli/matrix-results';

const folder = mkdtempSync(path.join(tmpdir(), 'results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = path.join(folder, 'm.jsonl');
const fault = (nth: number): Case => ({
  scene: 'a scene',
  place: 'a place',
  fault: { kind: 'kill', when: 'after', nth } as Case['fault'],
});
const [one, two, three] = [fault(1), fault(2), fault(3)];

/** An assembly with a template and an asset, whose name has its hash. */
function assembly(name: string, template: string, asset = 'asset.1'): string {
  const where = path.join(folder, name);
  mkdirSync(where);
  writeFileSync(path.join(where, 'x.template.json'), template);
  writeFileSync(path.join(where, asset), '');
  return where;
}
const first = assembly('first', '{}');

it('leaves out what was equal, and nothing else', () => {
  const results = new MatrixResults(file);
  expect(results.left(first, [one, two, three])).toEqual([one, two, three]);
  results.keep(first, [
    { ...one, differences: [] },
    { ...two, differences: ['a row too many'] },
  ]);
  expect(new MatrixResults(file).left(first, [one, two, three])).toEqual([two, three]);
});

it.each([
  ['template', assembly('other template', '{"a":1}')],
  ['asset', assembly('other asset', '{}', 'asset.2')],
])('runs all again with another %s', (_, other) => {
  expect(new MatrixResults(file).left(other, [one])).toEqual([one]);
});

it('knows the same assembly in another folder', () => {
  expect(new MatrixResults(file).left(assembly('copy', '{}'), [one])).toEqual([]);
});

it('keeps nothing without a file', () => {
  const results = new MatrixResults(undefined);
  results.keep(first, [{ ...one, differences: [] }]);
  expect(results.left(first, [one])).toEqual([one]);
});
