import fc from 'fast-check';
import {
  compareVersions,
  fullVersion,
  parseVersion,
  pathProblem,
  type SolutionVersion,
  targetProblem,
} from '../../../../lambdas/shared/clickstream/versions';

const versions: fc.Arbitrary<SolutionVersion> = fc.record({
  major: fc.nat(2),
  minor: fc.nat(2),
  patch: fc.nat(20),
  build: fc.oneof(fc.constant(''), fc.stringMatching(/^20\d{10}$/), fc.constant('dev-main-1')),
});
const v = (text: string) => parseVersion(text)!;

describe('versions', () => {
  test('survive being written and read', () => {
    fc.assert(fc.property(versions, (a) => expect(parseVersion(fullVersion(a))).toEqual(a)));
  });

  test('have one order', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(compareVersions(a, b)).toBe(-compareVersions(b, a) || 0);
        expect(compareVersions(a, b) === 0).toBe(fullVersion(a) === fullVersion(b));
        const [x, y, z] = [a, b, c].sort(compareVersions) as [
          SolutionVersion,
          SolutionVersion,
          SolutionVersion,
        ];
        expect(compareVersions(x, z)).toBe(compareVersions(x, y) || compareVersions(y, z));
      }),
    );
  });

  test('compare numbers as numbers and builds as text', () => {
    expect(compareVersions(v('v1.1.15'), v('v1.1.9'))).toBe(1);
    expect(compareVersions(v('v1.1.5-202403071513'), v('v1.1.5-202403080000'))).toBe(-1);
  });

  test.each(['latest', 'v1.1', '1.1.x', '', 'v1.1.5-', 'v1.1.5 '])('%j is none', (text) => {
    expect(parseVersion(text)).toBeUndefined();
    expect(targetProblem(text)).toMatch(text === 'latest' ? /moves/ : /is not a version/);
  });
});

describe('version path', () => {
  test('never goes back, and there is no pair that goes both ways', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        const bothWays = pathProblem(a, b) === undefined && pathProblem(b, a) === undefined;
        expect(
          bothWays && `${a.major}.${a.minor}.${a.patch}` !== `${b.major}.${b.minor}.${b.patch}`,
        ).toBe(false);
        const back = [a, b].sort(compareVersions);
        const both = a.build !== '' && b.build !== '' && compareVersions(a, b) !== 0;
        expect(both && pathProblem(back[1]!, back[0]!) === undefined).toBe(false);
      }),
    );
  });

  test('from 1.0 every step to a newer version begins with v1.1.5', () => {
    fc.assert(
      fc.property(fc.nat(20), versions, (patch, to) => {
        const from = { major: 1, minor: 0, patch, build: '' };
        const open = pathProblem(from, to) === undefined;
        expect(open).toBe(to.major === 1 && to.minor === 1 && to.patch === 5);
      }),
    );
    expect(pathProblem(v('v1.0.3'), v('v1.1.15'))).toMatch(/goes through v1.1.5/);
    expect(pathProblem(v('v1.1.5'), v('v1.1.15'))).toBeUndefined();
  });

  test('never ends in v1.1.12', () => {
    fc.assert(
      fc.property(versions, (from) => expect(pathProblem(from, v('v1.1.12-1'))).toMatch(/v1.1.13/)),
    );
  });

  test.each([
    ['v1.1.5', 'v1.1.5', undefined],
    ['v1.1.5-202403071513', 'v1.1.5', undefined],
    ['v1.1.5-2', 'v1.1.5-1', /older than the deployed v1.1.5-2/],
    ['v1.1.7', 'v1.1.6', /no way back/],
    ['v1.1.2', 'v1.1.4', /v1.1.5 or newer/],
    ['v0.9.1', 'v1.1.15', /goes through/],
  ])('%s to %s', (from, to, message) => {
    expect(pathProblem(v(from), v(to)) ?? '').toMatch(message ?? /^$/);
  });
});
