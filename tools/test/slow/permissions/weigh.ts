// Least privilege, statement by statement: every action a policy of a stack allows is used by a run, and a
// call of that run is refused without it, as is one whose condition were another; what no rehearsal can
// prove stands in kept.json. Of each action one rehearsal is played again in which the template lacks it.
// Resources are not taken apart: a statement may name more than one.

import { rmSync } from 'node:fs';
import { KEPT, keeps, REASONS } from './kept';
import { type Played, Rehearsals } from './prove';
import { onlyStack, type Right, rightsOf, without } from './rights';
import type { Run } from './runs';

/** What is proven of a stack. */
export interface Weighed {
  /** Name of the stack in the example target. */
  readonly stack: string;
  /** Folder of the scenario in which its runs are played. */
  readonly scenarioDir: string;
  /** Runs that between them use every right. */
  readonly runs: readonly Run[];
  /** Rights, conditions and actions that are weighed at the least: fewer mean that the proof looks past some. */
  readonly least: {
    readonly rights: number;
    readonly conditions: number;
    readonly actions: number;
  };
}

/** Declares the proofs of one stack. */
export function weigh(assembly: () => string, { stack, scenarioDir, runs, least }: Weighed): void {
  let own: string;
  let rehearsals: Rehearsals;
  let everywhere: readonly Right[];
  let rights: readonly Right[];
  let plays: readonly Played[];

  beforeAll(async () => {
    everywhere = rightsOf(assembly());
    own = onlyStack(assembly(), stack);
    rights = rightsOf(own);
    rehearsals = new Rehearsals(own, stack, scenarioDir);
    plays = await rehearsals.playAll(runs);
  });
  afterAll(async () => {
    await rehearsals?.stop();
    if (own) rmSync(own, { recursive: true });
  });

  const runsWith = ({ id }: Right) =>
    plays.filter(({ used }) => used.has(id)).map(({ run }) => run);
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
        const meant = keeps({ ...entry, actions: [action] });
        expect(everywhere.filter(meant)).not.toEqual([]);
        expect(rights.filter(meant).filter((right) => runsWith(right).length > 0)).toEqual([]);
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
    expect(all.length).toBeGreaterThanOrEqual(least.rights);
    expect(all.filter(({ id }) => !neededIn(id)).map(({ name }) => name)).toEqual([]);
  });

  it('were a condition another one, a call of a run is refused', () => {
    const all = [...new Set(toProve().flatMap(conditionsOf))];
    process.stdout.write(`figure: ${all.length} conditions\n`);
    expect(all.length).toBeGreaterThanOrEqual(least.conditions);
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
    expect(cases.length).toBeGreaterThanOrEqual(least.actions);
    const began = Date.now();
    expect(await rehearsals.unproven(cases)).toEqual([]);
    const seconds = Math.round((Date.now() - began) / 1000);
    process.stdout.write(`figure: ${cases.length} rehearsals refused, in ${seconds} s\n`);
  });
}
