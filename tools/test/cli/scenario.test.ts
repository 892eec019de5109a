import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { BUILT_IN, loadScenario } from '../../cli/scenario';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scenario-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: unknown) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
};

it('takes the built-in scenario the machine is named after', () => {
  const scenario = loadScenario(undefined, 'clickstream-data-migration');
  expect(scenario.folders).toEqual([path.join(BUILT_IN, 'clickstream')]);
});

it('refuses a machine without a built-in scenario', () => {
  expect(() => loadScenario(undefined, 'other')).toThrow(/name a folder with --scenario/);
});

it('takes a file from the folder first and the others from the built-in it extends', () => {
  write('scenario.json', { extends: 'clickstream' });
  write('input.json', { days: 3 });
  const scenario = loadScenario(folder, 'clickstream-data-migration');
  expect(scenario.json('input', 'other')).toEqual({ days: 3 });
  expect(scenario.file('warehouse.sql')).toBe(path.join(BUILT_IN, 'clickstream/warehouse.sql'));
});

it('takes the file for the machine before the one for all', () => {
  write('input.json', { days: 3 });
  write('input.console.json', { version: 1 });
  expect(loadScenario(folder, 'x').json('input', 'console')).toEqual({ version: 1 });
});

it('has no file that neither folder has', () => {
  expect(loadScenario(folder, 'x').file('source.sql')).toBeUndefined();
});

test.each([
  ['an unknown name', 'nowhere', {}, /neither a folder nor one of the built-in/],
  ['an unknown built-in', undefined, { 'scenario.json': { extends: 'gone' } }, /no scenario gone/],
  [
    'extends that is no name',
    undefined,
    { 'scenario.json': { extends: 3 } },
    /must name a built-in/,
  ],
  ['a file that is no JSON', undefined, { 'scenario.json': '{' }, /scenario.json is not JSON/],
])('refuses %s', (_, name, files, message) => {
  for (const [file, value] of Object.entries(files)) write(file, value);
  expect(() => loadScenario(name ?? folder, 'x')).toThrow(message);
});
