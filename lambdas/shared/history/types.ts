// What types of MySQL can hold. Pure.

const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  bigint: 64,
};

/** Bytes that a text can have. */
const TEXT: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
};

/** Character sets by what they can say: each says all that the ones before it can. */
const SETS = ['ascii', 'latin1', 'utf8', 'utf8mb4'];

/** `bigint(20) unsigned` */
export interface IntegerType {
  readonly min: bigint;
  readonly max: bigint;
}

export function integerType(type: string): IntegerType | undefined {
  const [, name = '', unsigned] = /^(\w+)(?:\(\d+\))?( unsigned)?/.exec(type.toLowerCase()) ?? [];
  const bits = BITS[name];
  if (bits === undefined) return undefined;
  const half = 2n ** BigInt(bits - 1);
  return unsigned ? { min: 0n, max: 2n * half - 1n } : { min: -half, max: half - 1n };
}

/** Characters of a varchar, or bytes of a text. */
export function textType(type: string): { characters?: number; bytes?: number } | undefined {
  const [, name = '', length] = /^(\w+)(?:\((\d+)\))?/.exec(type.toLowerCase()) ?? [];
  if (name === 'varchar' || name === 'char') return { characters: Number(length) };
  const bytes = TEXT[name];
  return bytes === undefined ? undefined : { bytes };
}

/** Whether every text of the one fits into the other. */
export function textFits(from: string, to: string): boolean {
  const a = textType(from);
  const b = textType(to);
  if (!a || !b) return false;
  if (b.bytes !== undefined) return (a.bytes ?? (a.characters ?? 0) * 4) <= b.bytes;
  return a.characters !== undefined && a.characters <= (b.characters ?? 0);
}

const plain = (set: string): string => (set === 'utf8mb3' ? 'utf8' : set.toLowerCase());

/** Whether every character of one set is in the other. */
export function holdsSet(to: string, from: string): boolean {
  const [a, b] = [SETS.indexOf(plain(from)), SETS.indexOf(plain(to))];
  return plain(from) === plain(to) || plain(to) === 'utf8mb4' || (a >= 0 && b >= a);
}
