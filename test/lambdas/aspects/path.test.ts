// Which version may follow which: every row of the release matrix and of the table of allowed paths.

import fc from 'fast-check';
import {
  decidePath,
  HOP,
  type PathFacts,
  targetProblem,
} from '../../../lambdas/shared/aspects/path';
import { compareVersions, RELEASES } from '../../../lambdas/shared/aspects/versions';

const FACTS: PathFacts = {
  from: '1.3.0',
  to: '2.4.0',
  tutorMajor: 18,
  python: '3.11',
  cluster: '',
  inContextMetrics: false,
  mayHop: true,
};

const decide = (facts: Partial<PathFacts> = {}) => decidePath({ ...FACTS, ...facts });
const versionsOf = (facts: Partial<PathFacts>) => decide(facts).hops?.map(({ version }) => version);
const problemsOf = (facts: Partial<PathFacts>) => decide(facts).problems ?? [];

describe('the path of an upgrade', () => {
  it.each([
    ['1.0.0', '2.0.0', 18, ['2.0.0']],
    ['1.0.3', '2.4.0', 19, ['2.4.0']],
    ['1.0.3', '1.3.0', 17, ['1.3.0']],
    ['1.1.0', '2.1.0', 18, ['2.1.0']],
    ['1.2.0', '2.2.1', 19, ['2.2.1']],
    ['1.3.0', '2.3.0', 19, ['2.3.0']],
    ['1.3.0', '2.3.1', 20, ['2.3.1']],
    ['1.3.0', '2.4.0', 18, ['2.4.0']],
    ['1.3.0', '2.5.0', 18, ['2.4.0', '2.5.0']],
    ['1.0.3', '2.5.1', 20, ['2.4.0', '2.5.1']],
    ['2.0.0', '2.4.0', 19, ['2.4.0']],
    ['2.2.1', '2.5.1', 19, ['2.5.1']],
    ['2.4.0', '2.5.0', 20, ['2.5.0']],
    ['2.5.1', '3.0.3', 21, ['3.0.3']],
    ['2.4.0', '3.0.0', 21, ['3.0.0']],
  ])('goes from %s to %s on Tutor %i by %j', (from, to, tutorMajor, hops) => {
    expect(versionsOf({ from, to, tutorMajor })).toEqual(hops);
  });

  it.each([
    ['2.3.0', '2.4.0', 0],
    ['1.3.0', '2.4.0', 0],
    ['2.0.0', '2.5.0', 12],
    ['2.4.0', '2.5.1', 12],
    ['2.5.0', '2.5.1', 0],
  ])('after %s to %s refreshes %i models in full', (from, to, count) => {
    expect(decide({ from, to, tutorMajor: 19 }).hops!.at(-1)!.refresh).toHaveLength(count);
  });

  it('refreshes after the second hop only, for the first one forces the event tables itself', () => {
    const { hops } = decide({ to: '2.5.1' });
    expect(hops!.map(({ refresh }) => refresh.length)).toEqual([0, 12]);
  });

  it('never goes from 1.x to 2.5 or newer plainly, whatever is asked', () => {
    const versions = fc.constantFrom(...RELEASES.map(({ version }) => version));
    fc.assert(
      fc.property(versions, versions, fc.integer({ min: 14, max: 22 }), (from, to, tutorMajor) => {
        const { hops = [] } = decide({ from, to, tutorMajor });
        for (const hop of hops) {
          expect(hop.from.startsWith('1.') && compareVersions(hop.version, '2.5.0') >= 0).toBe(
            false,
          );
          expect(compareVersions(hop.from, hop.version)).toBe(-1);
        }
        expect([undefined, to]).toContain(hops.at(-1)?.version);
      }),
    );
  });

  it.each<[string, Partial<PathFacts>, RegExp]>([
    [
      '1.x to 2.5 where the input forbids the stop',
      { to: '2.5.0', mayHop: false },
      /does not go to 2\.5\.0 at once/,
    ],
    [
      '1.x to 3.x, because the stop is not for Ulmo',
      { to: '3.0.0', tutorMajor: 21 },
      new RegExp(`Aspects ${HOP} is for Tutor 18`),
    ],
    [
      '2.x on Quince',
      { tutorMajor: 17 },
      /is for Tutor 18 \(Redwood\) to Tutor 20 \(Teak\), and Tutor 17 \(Quince\)/,
    ],
    ['2.x on Ulmo', { tutorMajor: 21 }, /Tutor 21 \(Ulmo\) is installed/],
    ['2.2 on Redwood, where pip would move Tutor', { to: '2.2.0' }, /Tutor 19 \(Sumac\) to/],
    ['2.3.1 on Redwood', { to: '2.3.1' }, /Tutor 19 \(Sumac\) to/],
    [
      '3.x on Teak',
      { from: '2.4.0', to: '3.0.1', tutorMajor: 20 },
      /is for Tutor 21 \(Ulmo\), and Tutor 20/,
    ],
    [
      '1.x on Nutmeg, where it is not installable',
      { from: '1.0.0', to: '1.3.0', tutorMajor: 14 },
      /Tutor 15 \(Olive\) to/,
    ],
    [
      'Python older than the package wants',
      { python: '3.9' },
      /needs Python 3\.11, and tutor runs on 3\.9/,
    ],
    [
      'a cluster with 2.0.0',
      { to: '2.0.0', cluster: 'c1' },
      /cannot build its tables on a cluster \(c1\)/,
    ],
    [
      'a cluster with 2.2.1',
      { to: '2.2.1', cluster: 'c1', tutorMajor: 19 },
      /cannot build its tables/,
    ],
    ['the same version', { from: '2.4.0' }, /is installed already/],
    ['an older version', { from: '2.5.0', to: '2.4.0' }, /aspects-rollback goes back/],
    ['a version installed that nobody knows', { from: '0.9.0' }, /not known here/],
    ['a version wanted that nobody knows', { to: '4.0.0' }, /knows 1\.0\.0 to 3\.0\.3/],
    ['a tag that lies', { to: '2.6.0' }, /carries 3\.0\.0 inside/],
  ])('refuses %s', (_, facts, reason) => {
    expect(problemsOf(facts).join('; ')).toMatch(reason);
  });

  it('lets a cluster go to 2.3.0', () => {
    expect(versionsOf({ to: '2.3.0', tutorMajor: 19, cluster: 'c1' })).toEqual(['2.3.0']);
  });

  it('refuses with all reasons at once', () => {
    expect(problemsOf({ to: '2.0.0', tutorMajor: 17, python: '3.8', cluster: 'c' })).toHaveLength(
      3,
    );
  });

  it.each(['latest', '>=2', '2', '2.4', 'v2.4.0', '2.4.*', '2.4.0; rm -rf /', ''])(
    'refuses the unpinned target %j',
    (to) => expect(targetProblem(to)).toMatch(/is not an exact version/),
  );
});

describe('images of a hop', () => {
  it('T9 builds openedx from 1.x to 2.x, although the list of the guide does not', () => {
    expect(decide().hops![0]!.images).toEqual(['openedx', 'aspects', 'aspects-superset']);
  });

  it('leaves openedx where the pin of the LMS plugin stays', () => {
    const { hops } = decide({ from: '2.2.0', to: '2.3.1', tutorMajor: 19 });
    expect(hops![0]!.images).toEqual(['aspects', 'aspects-superset']);
  });

  it('builds openedx where the pin was not read', () => {
    expect(decide({ from: '1.1.0', to: '1.2.0' }).hops![0]!.images).toContain('openedx');
  });

  it('builds the image that tutor dev runs there', () => {
    expect(decide({ mode: 'dev' }).hops![0]!.images[0]).toBe('openedx-dev');
    expect(decide({ mode: 'k8s' }).hops![0]!.images[0]).toBe('openedx');
  });

  it('builds the front ends where they show metrics', () => {
    expect(decide({ inContextMetrics: true }).hops![0]!.images.at(-1)).toBe('mfe');
  });
});
