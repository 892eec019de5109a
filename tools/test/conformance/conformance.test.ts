// Every case of this folder played on the engine and held against what AWS documents.
import { allDefinitions } from '../../../test/support/definitions';
import { isAboutTrouble, parseCase, readCases } from './case';
import { play } from './play';

const CASES = readCases(__dirname);
const LEAST = 80;
const NONE_YET = /^none yet: \S+ \S+/;

const named = CASES.map(([name, played]) => [`${name}: ${played.title}`, played] as const);

test.each(named)('%s', async (_name, played) => {
  await play(played);
});

test('there are enough cases, half of them about failure and redrive, each title once', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(LEAST);
  const trouble = CASES.filter(([, played]) => isAboutTrouble(played));
  expect(trouble.length * 2).toBeGreaterThanOrEqual(CASES.length);
  expect(new Set(CASES.map(([, { title }]) => title)).size).toBe(CASES.length);
});

test('a case with a member nobody knows is refused, with the name of its file', () => {
  const [name, played] = CASES[0]!;
  const expectation = { ...played.expect, stauts: 'FAILED' };
  const text = JSON.stringify({ ...played, expect: expectation });
  expect(() => parseCase(name, text)).toThrow(name);
  expect(() => parseCase(name, text)).toThrow('stauts');
});

test('every case names a machine that leans on it, or says why it is kept', () => {
  const machines = Object.keys(allDefinitions());
  const ours = machines.map((name) => name.replace(/^example-/, ''));
  const strange = CASES.filter(
    ([, { machine }]) => !ours.includes(machine) && !NONE_YET.test(machine),
  );
  expect(strange.map(([name, { machine }]) => `${name}: ${machine}`)).toEqual([]);
});
