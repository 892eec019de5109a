// Least privilege, statement by statement: every action a policy of the example target allows is used
// by a run, and a rehearsal of an assembly without it is refused; what no rehearsal can prove stands in
// permissions/kept.json. Resources are not taken apart: a statement may name more than one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { bundle, synthesize } from '../../cli/assembly';
import { KEPT, keeps, REASONS } from './permissions/kept';
import { type Case, type Played, Rehearsals } from './permissions/prove';
import { asksForSomethingElse, type Right, rightsOf, without } from './permissions/rights';
import { RUNS } from './permissions/runs';
import { CLICKSTREAM } from './support';

/** Minutes that are enough for all cases on a busy machine. */
jest.setTimeout(40 * 60_000);

let assemblyDir: string;
let rehearsals: Rehearsals;
let rights: readonly Right[];
const plays: Played[] = [];

beforeAll(async () => {
  assemblyDir = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  const { signal } = new AbortController();
  await bundle(signal);
  await synthesize('example', assemblyDir, signal);
  rights = rightsOf(assemblyDir);
  rehearsals = await Rehearsals.of(assemblyDir, CLICKSTREAM);
  for (const run of RUNS) plays.push(await rehearsals.play(run));
  plays.sort((a, b) => a.took - b.took);
});
afterAll(async () => {
  await rehearsals?.stop();
  rmSync(assemblyDir, { recursive: true, force: true });
});

const runsWith = ({ id }: Right) => plays.filter(({ used }) => used.has(id)).map(({ run }) => run);
const isKept = (right: Right) => KEPT.some((entry) => keeps(entry)(right));
/** Rights a rehearsal has to prove. */
const toProve = () => rights.filter((right) => !isKept(right) && runsWith(right).length > 0);

async function expectProven(cases: readonly Case[]): Promise<void> {
  const began = Date.now();
  expect(await rehearsals.unproven(cases)).toEqual([]);
  const seconds = Math.round((Date.now() - began) / 1000);
  process.stdout.write(`figure: ${cases.length} rehearsals refused, in ${seconds} s\n`);
}

it('no run is refused anything while every right is there', () => {
  expect(plays.flatMap(({ refused }) => refused)).toEqual([]);
});

it('every statement is used by a run, or stands in the list', () => {
  const unused = rights.filter((right) => runsWith(right).length === 0 && !isKept(right));
  expect(unused.map(({ name }) => name)).toEqual([]);
});

describe('the list of what is not proven', () => {
  it.each(KEPT.flatMap((entry) => entry.actions.map((action) => ({ ...entry, action }))))(
    'names rights that exist and that no run uses: $action of $holder',
    ({ action, ...entry }) => {
      const meant = rights.filter(keeps({ ...entry, actions: [action] }));
      expect(meant).not.toEqual([]);
      expect(meant.filter((right) => runsWith(right).length > 0)).toEqual([]);
    },
  );

  it.each(KEPT)('gives a reason and a source: $holder', ({ because, reason, source }) => {
    expect(REASONS).toContain(because);
    expect(reason.length).toBeGreaterThan(40);
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });
});

it('a rehearsal without one of the rights is refused the action', async () => {
  const cases = toProve().map((right) => ({
    name: right.name,
    actions: [right.action],
    edit: without(right),
    runs: runsWith(right),
  }));
  expect(cases.length).toBeGreaterThan(100);
  await expectProven(cases);
});

it('a rehearsal whose statement asks for another condition is refused one of its actions', async () => {
  const all = toProve();
  const cases = all.flatMap((right) => {
    const same = all.filter(({ at }) => at === right.at);
    if (same[0] !== right) return [];
    return Object.entries(right.conditions ?? {}).flatMap(([operator, tests]) =>
      Object.keys(tests).map((key) => ({
        name: `${right.name}: ${operator} ${key}`,
        actions: same.map(({ action }) => action),
        edit: asksForSomethingElse(right, operator, key),
        runs: runsWith(right),
      })),
    );
  });
  expect(cases.length).toBeGreaterThan(10);
  await expectProven(cases);
});
