// What is compared of a set of rows: counts, sums and a fingerprint by school year. All of them add up, so
// that a set may be read in parts, and a part be taken off again. Pure; no row ever comes here.

/** Columns of a reading of facts, as they are named to people. */
export type Column =
  | 'n'
  | 'exams'
  | 's_id'
  | 's_level'
  | 's_score'
  | 's_completed'
  | 's_updated'
  | 'fp'
  /** Of a sealed reading: all sums and the fingerprint in one. */
  | 'seal';

/** Columns of a reading of alt scores, and of one of exams. */
export const SCORE_COLUMNS: readonly Column[] = [
  'n',
  'exams',
  's_id',
  's_level',
  's_score',
  's_completed',
  's_updated',
  'fp',
];
export const EXAM_COLUMNS: readonly Column[] = ['n', 's_id', 'fp'];

/** Columns whose values may be shown and kept. */
export const COUNTS: readonly Column[] = ['n', 'exams'];

/** A prime: seals are numbers below it, whatever they are added to. */
export const MODULUS = 2n ** 127n - 1n;

/** Values by column; decimal texts, because sums do not fit into a number of JavaScript. */
export type Facts = Readonly<Partial<Record<Column, string>>>;

/** Facts by school year; a year without rows is not there. */
export type FactsByYear = Readonly<Record<string, Facts>>;

/** Scores have four decimals; all else is whole. */
const DECIMALS = 4;
const UNIT = 10n ** BigInt(DECIMALS);

/** The facts in the rows of a reading. */
export function factsOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly Column[],
): FactsByYear {
  return Object.fromEntries(
    rows.map((row) => [
      String(row.school_year),
      Object.fromEntries(columns.map((column) => [column, textOf(unitsOf(row[column]))])),
    ]),
  );
}

export const plus = (a: FactsByYear, b: FactsByYear): FactsByYear => combined(a, b, 1n);
export const minus = (a: FactsByYear, b: FactsByYear): FactsByYear => combined(a, b, -1n);

/** All rows, over all years. */
export const rowsIn = (facts: FactsByYear): number =>
  Object.values(facts).reduce((sum, { n = '0' }) => sum + Number(n), 0);

function combined(a: FactsByYear, b: FactsByYear, sign: bigint): FactsByYear {
  const years = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const sums = years.map((year) => {
    const columns = Object.keys({ ...a[year], ...b[year] }) as Column[];
    const facts = columns.map((column) => {
      const sum = unitsOf(a[year]?.[column]) + sign * unitsOf(b[year]?.[column]);
      return [column, column === 'seal' ? sealOf(sum) : textOf(sum)];
    });
    return [year, Object.fromEntries(facts) as Facts] as const;
  });
  return Object.fromEntries(
    sums.filter(([, facts]) => Object.values(facts).some((value) => value !== '0')),
  );
}

const sealOf = (units: bigint): string => String((((units / UNIT) % MODULUS) + MODULUS) % MODULUS);

/** A decimal text in ten-thousandths; the other engine may write more or fewer zeros. */
export function unitsOf(value: unknown): bigint {
  const [, sign, whole, fraction = ''] =
    /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(value ?? 0)) ?? notDecimal(value);
  const units =
    BigInt(whole!) * UNIT + BigInt(fraction.padEnd(DECIMALS, '0').slice(0, DECIMALS) || 0);
  return sign === '-' ? -units : units;
}

function textOf(units: bigint): string {
  const size = units < 0n ? -units : units;
  const fraction = (size % UNIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / UNIT}${fraction === '' ? '' : `.${fraction}`}`;
}

function notDecimal(value: unknown): never {
  throw new Error(`not a decimal number: ${String(value)}`);
}
