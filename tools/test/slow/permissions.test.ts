// Least privilege, statement by statement: every action a policy of the example target allows is used
// by a run, and a call of that run is refused without it, as is one whose condition were another; what no
// rehearsal can prove stands in permissions/kept.json. Of each action one rehearsal is played again in which
// the template lacks it. Resources are not taken apart: a statement may name more than one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { bundle, synthesize } from '../../cli/assembly';
import { KEPT, keeps, REASONS } from './permissions/kept';
import { type Played, Rehearsals } from './permissions/prove';
import { type Right, rightsOf, without } from './permissions/rights';
import { RUNS } from './permissions/runs';
import { UPGRADE_RUNS } from './permissions/runs-upgrade';
import { CLICKSTREAM } from './support';

/** Minutes that are enough for all cases on a busy machine. */
jest.setTimeout(40 * 60_000);

let assemblyDir: string;
let rehearsals: Rehearsals;
let rights: readonly Right[];
let plays: readonly Played[];

beforeAll(async () => {
  assemblyDir = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  const { signal } = new AbortController();
  await bundle(signal);
  await synthesize('example', assemblyDir, signal);
  rights = rightsOf(assemblyDir);
  rehearsals = new Rehearsals(assemblyDir, CLICKSTREAM);
  plays = await rehearsals.playAll([...UPGRADE_RUNS, ...RUNS]);
});
afterAll(async () => {
  await rehearsals?.stop();
  rmSync(assemblyDir, { recursive: true, force: true });
});

const runsWith = ({ id }: Right) => plays.filter(({ used }) => used.has(id)).map(({ run }) => run);
const isKept = (right: Right) => KEPT.some((entry) => keeps(entry)(right));
/** Rights a rehearsal has to prove. */
const toProve = () => rights.filter((right) => !isKept(right) && runsWith(right).length > 0);

/** Plays that need a right, the cheapest first. */
const playsNeeding = ({ id }: Right) => plays.filter(({ needed }) => needed.has(id));
const runsNeeding = (right: Right) => playsNeeding(right).map(({ run }) => run);
const tookOf = (right: Right) => playsNeeding(right)[0]?.took ?? Number.POSITIVE_INFINITY;

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

const neededIn = (name: string) => plays.some(({ needed }) => needed.has(name));

/** Conditions of statements, as the rehearsal notes them. */
const conditionsOf = ({ id, action, conditions }: Right): string[] =>
  Object.entries(conditions ?? {}).flatMap(([operator, tests]) =>
    Object.keys(tests).map((key) => `${id.slice(0, -action.length)}${operator} ${key}`),
  );

it('without any one of the rights, a call of a run is refused', () => {
  const all = toProve();
  process.stdout.write(`figure: ${all.length} of ${rights.length} rights to prove\n`);
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter(({ id }) => !neededIn(id)).map(({ name }) => name)).toEqual([]);
});

it('were a condition another one, a call of a run is refused', () => {
  const all = [...new Set(toProve().flatMap(conditionsOf))];
  process.stdout.write(`figure: ${all.length} conditions\n`);
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter((name) => !neededIn(name))).toEqual([]);
});

it('a rehearsal without a right is refused, and somebody hears of it: each action once', async () => {
  const cheapest = [...toProve()].sort((a, b) => tookOf(a) - tookOf(b));
  const firsts = new Map(cheapest.toReversed().map((right) => [right.action, right]));
  const cases = [...firsts.values()].map((right) => ({
    name: right.name,
    actions: [right.action],
    edit: without(right),
    runs: runsNeeding(right).slice(0, 1),
  }));
  expect(cases.length).toBeGreaterThan(60);
  const began = Date.now();
  expect(await rehearsals.unproven(cases)).toEqual([]);
  const seconds = Math.round((Date.now() - began) / 1000);
  process.stdout.write(`figure: ${cases.length} rehearsals refused, in ${seconds} s\n`);
});
