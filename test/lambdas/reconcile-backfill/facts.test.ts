import fc from 'fast-check';
import { described, differences, inLine } from '../../../lambdas/shared/rdw/compare';
import { type FactsByYear, factsOf, minus, plus, rowsIn } from '../../../lambdas/shared/rdw/facts';
import { sealed } from '../../../lambdas/shared/rdw/sealed';
import {
  behind,
  instantText,
  microsOf,
  windowFrom,
  zoned,
} from '../../../lambdas/shared/rdw/windows';

const row = (school_year: number, n: number | string, s_score: string) => ({
  school_year,
  n,
  s_score,
});
const of = (...rows: object[]) => factsOf(rows as never, ['n', 's_score']);

describe('facts', () => {
  test('are the same however an engine writes them', () => {
    expect(of(row(2021, 3, '46344752.4000'))).toEqual(of(row(2021, '3', '46344752.4')));
    expect(of(row(2021, '3.0000', '7'))).toEqual({ 2021: { n: '3', s_score: '7' } });
  });

  test('keep every digit of large sums', () => {
    const large = of(row(2021, '9007199254740993', '99999999999999999.0001'));
    expect(plus(large, of(row(2021, 1, '0.0001')))).toEqual({
      2021: { n: '9007199254740994', s_score: '99999999999999999.0002' },
    });
  });

  test('of a part taken off leave the rest, and years without any are not there', () => {
    const whole = of(row(2020, 2, '5.5'), row(2021, 3, '7.25'));
    expect(minus(whole, of(row(2021, 3, '7.25')))).toEqual(of(row(2020, 2, '5.5')));
    expect(minus({}, of(row(2020, 1, '2.5')))).toEqual({ 2020: { n: '-1', s_score: '-2.5' } });
    expect(rowsIn(whole)).toBe(5);
  });

  test('add up in any order', () => {
    const facts = fc
      .dictionary(fc.constantFrom('2020', '2021'), fc.tuple(fc.bigInt(), fc.nat(9999)))
      .map(
        (years): FactsByYear =>
          of(
            ...Object.entries(years).map(([year, [n, part]]) =>
              row(Number(year), String(n), `${n}.${String(part).padStart(4, '0')}`),
            ),
          ),
      );
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        expect(plus(a, b)).toEqual(plus(b, a));
        expect(differences(minus(plus(a, b), b), a)).toEqual([]);
      }),
    );
  });

  test('refuse what is no decimal number', () => {
    expect(() => of(row(2021, 1, '1.5e7'))).toThrow('not a decimal number: 1.5e7');
  });
});

describe('differences', () => {
  test('are told by school year and column; counts with their values, sums without', () => {
    const found = differences(of(row(2020, 2, '5'), row(2021, 3, '7.25')), of(row(2021, 2, '5.5')));
    expect(described(found)).toEqual([
      'school year 2020: number of rows (n) is 0 instead of 2, sum of scale_score (s_score) differs',
      'school year 2021: number of rows (n) is 2 instead of 3, sum of scale_score (s_score) differs',
    ]);
  });

  test('a check shows counts and a checksum, the same whatever the order of the columns', () => {
    const line = inLine({ n: '10', s_score: '7.25' });
    expect(line).toMatch(/^10 rows, checksum [0-9a-f]{12}$/);
    expect(inLine({ s_score: '7.25', n: '10' })).toBe(line);
    expect(inLine({ n: '10', s_score: '7.26' })).not.toBe(line);
    expect(inLine(undefined)).toBe('no rows');
  });
});

test('a check of fewer than 10 rows shows their number only', () => {
  expect(inLine({ n: '9', exams: '4', s_score: '7.25' })).toBe(
    '9 rows, 4 exams, fewer than 10 rows: compared, not shown',
  );
});

describe('a sealed reading', () => {
  const facts = of(row(2020, 1, '2430.5'), row(2021, 3, '7.25'));

  test('shows counts, and no sum of anything', () => {
    const seal = sealed(facts, 'salt');
    expect(Object.keys(seal[2020]!)).toEqual(['n', 'seal']);
    expect(JSON.stringify(seal)).not.toMatch(/2430|24305000/);
  });

  test('agrees with one of the same facts under the same salt, and with nothing else', () => {
    expect(differences(sealed(facts, 'salt'), sealed(facts, 'salt'))).toEqual([]);
    const others: [FactsByYear, string][] = [
      [of(row(2020, 1, '2430.6'), row(2021, 3, '7.25')), 'salt'],
      [facts, 'other'],
    ];
    const found = others.flatMap(([one, salt]) =>
      differences(sealed(facts, 'salt'), sealed(one, salt)),
    );
    expect([...new Set(found.map(({ column }) => column))]).toEqual(['seal']);
  });

  test('adds up, and a part can be taken off, as with the facts themselves', () => {
    const sets = fc
      .record({ score: fc.integer(), n: fc.nat() })
      .map(({ score, n }) => of(row(2021, n, `${score}.25`)));
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(plus(sealed(a, 's'), sealed(b, 's'))).toEqual(sealed(plus(a, b), 's'));
        expect(minus(plus(sealed(a, 's'), sealed(b, 's')), sealed(b, 's'))).toEqual(sealed(a, 's'));
      }),
    );
  });
});

describe('windows', () => {
  test.each([
    ['2019-11-01T00:00:00Z', '2019-11-01 00:00:00.000000'],
    ['2022-07-01 01:00:00.000001', '2022-07-01 01:00:00.000001'],
    ['2022-07-01T01:00:00.5Z', '2022-07-01 01:00:00.500000'],
  ])('reads %s', (text, same) => {
    expect(instantText(microsOf(text))).toBe(same);
    expect(zoned(same)).toBe(`${same}+00`);
  });

  test('refuses what has another zone', () => {
    expect(() => microsOf('2022-07-01 01:00:00+01')).toThrow('not an instant in UTC');
  });

  test('hold every microsecond exactly once', () => {
    const start = microsOf('2019-11-01 00:00:00');
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 14n),
        fc.array(fc.constantFrom(1 / 1440, 0.5, 30, 366), { minLength: 1, maxLength: 8 }),
        (length, lengths) => {
          const end = instantText(start + length);
          let next = instantText(start);
          let held = 0n;
          for (const days of [...lengths, 10 ** 6]) {
            const window = windowFrom(next, days, end);
            held += microsOf(window.to) - microsOf(window.from) + 1n;
            next = behind(window);
            if (window.to === end) break;
          }
          expect(held).toBe(length + 1n);
        },
      ),
    );
  });
});
