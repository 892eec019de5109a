import {
  carriedBy,
  compareVersions,
  differingOpinions,
  isAtLeast,
  numbersOf,
  releaseOf,
  releasesBetween,
} from '../../../lambdas/shared/aspects/versions';

describe('releases of the plugin', () => {
  it.each([
    ['1.0.0', 'v3.24.0', '24.3', '0035'],
    ['1.0.1', 'v3.29.0', '24.3', '0035'],
    ['1.0.3', 'v3.29.0', '24.3', '0035'],
    ['1.1.0', 'v3.30.0', '24.3', '0038'],
    ['1.2.0', 'v3.33.3', '24.8', '0039'],
    ['1.3.0', 'v3.33.9', '24.8', '0040'],
    ['2.0.0', 'v4.0.0', '24.8', '0041'],
    ['2.2.1', 'v4.0.1', '24.8', '0041'],
    ['2.3.0', 'v4.0.2', '25.3', '0041'],
    ['2.3.1', 'v4.0.3', '25.3', '0041'],
    ['2.4.0', 'v5.0.0', '25.3', '0041'],
    ['2.5.1', 'v6.1.0', '25.8', '0041'],
    ['3.0.3', 'v6.1.0', '25.8', '0041'],
  ])('%s has dbt %s, ClickHouse %s and Alembic %s', (version, dbt, clickhouse, alembic) => {
    expect(releaseOf(version)).toMatchObject({ dbt, clickhouse, alembic });
  });

  it.each([
    ['1.3.1', '1.3.0'],
    ['1.3.2', '1.3.0'],
    ['1.4.0', '2.0.0'],
    ['2.5.2', '2.5.1'],
    ['2.6.0', '3.0.0'],
  ])('knows that the tag %s carries %s', (tag, inside) => {
    expect(carriedBy(tag)).toBe(inside);
    expect(releaseOf(tag)).toBeUndefined();
  });

  it('wants Tutor, tutor-mfe and Python as their packages do', () => {
    expect(releaseOf('1.3.0')).toMatchObject({
      tutorAtLeast: 15,
      mfeAtLeast: null,
      pythonAtLeast: '3.7',
    });
    expect(releaseOf('2.1.0')).toMatchObject({
      tutorAtLeast: 18,
      mfeAtLeast: null,
      pythonAtLeast: '3.11',
    });
    expect(releaseOf('2.2.0')!.mfeAtLeast).toBe(19);
    expect(releaseOf('2.4.0')!.mfeAtLeast).toBe(18);
    expect(releaseOf('3.0.0')!.mfeAtLeast).toBeNull();
  });

  it('are compared number by number', () => {
    expect(compareVersions('2.10.0', '2.9.9')).toBe(1);
    expect(compareVersions('1.3.0', '2.0.0')).toBe(-1);
    expect(compareVersions('2.4.0', '2.4.0')).toBe(0);
    expect(isAtLeast('2.4.0', '2.4.0')).toBe(true);
    expect(numbersOf('2.4')).toBeUndefined();
  });

  it('lists what lies between two of them, the last included', () => {
    expect(releasesBetween('2.3.0', '2.5.0').map(({ version }) => version)).toEqual([
      '2.3.1',
      '2.4.0',
      '2.5.0',
    ]);
  });
});

describe('the two opinions about Open edX', () => {
  it.each([
    ['1.3.0', 18, /guide allows .* documentation of 2026 does not/],
    ['2.4.0', 21, /guide allows/],
    ['2.4.0', 19, undefined],
    ['3.0.0', 21, undefined],
  ])('about %s on Tutor %i', (version, major, said) => {
    const note = differingOpinions(version, major);
    expect(said ? said.test(note ?? '') : note === undefined).toBe(true);
  });
});
