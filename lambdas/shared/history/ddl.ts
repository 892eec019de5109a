// Whether the two tables are what the copy relies on. Everything that is wrong is found at once.

import type { Row, Table } from './table';
import { HISTORY_COLUMNS } from './tables';
import { holdsSet, integerType, textFits, textType } from './types';

/** A table as information_schema shows it. */
export interface TableShape {
  readonly name: string;
  readonly engine: string;
  readonly columns: readonly ColumnShape[];
  /** Columns of each index, in their order. */
  readonly indexes: Readonly<Record<string, readonly string[]>>;
  readonly triggers: readonly string[];
}

export interface ColumnShape {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Digits of a fraction of a second. */
  readonly fraction: number | null;
  readonly characterSet: string | null;
  readonly extra: string;
}

const NAMES = ['id', ...HISTORY_COLUMNS.map(({ source }) => source)];
const KINDS: Readonly<Record<string, RegExp>> = {
  text: /^((tiny|medium|long)?text|(var)?char\(\d+\))/,
  datetime: /^datetime/,
  double: /^double/,
  integer: /^(tiny|small|medium|big)?int/,
};

/** Null: there is no such table, or the user may not see it. */
export async function shapeOf(table: Table): Promise<TableShape | null> {
  const { engine } = await table.row('table');
  if (engine === undefined) return null;
  const columns = await table.rows('columns');
  const indexes: Record<string, string[]> = {};
  for (const { name, column_name } of await table.rows('indexes')) {
    indexes[String(name)] = [...(indexes[String(name)] ?? []), String(column_name)];
  }
  const triggers = (await table.rows('triggers')).map(({ name }) => String(name));
  return {
    name: table.name,
    engine: String(engine),
    columns: columns.map(shape),
    indexes,
    triggers,
  };
}

const shape = ({ name, type, nullable, fraction, character_set, extra }: Row): ColumnShape => ({
  name: String(name),
  type: String(type).toLowerCase(),
  nullable: nullable === 'YES',
  fraction: fraction === null || fraction === undefined ? null : Number(fraction),
  characterSet: character_set === null ? null : String(character_set),
  extra: String(extra).toLowerCase(),
});

/** What is wrong with the old table. */
export const sourceFindings = (source: TableShape): string[] => alike(source);

/** What is wrong with the new table, and with what it takes from the old one. */
export function targetFindings(source: TableShape, target: TableShape): string[] {
  const found = alike(target);
  const wide = integerType(column(target, 'id')?.type ?? '')?.max ?? 0n;
  if (column(target, 'id') && wide < 2n ** 63n - 1n) {
    found.push(
      `${target.name}.id is ${column(target, 'id')?.type}; allowed is bigint: run the migrations of the application`,
    );
  }
  if (column(target, 'id') && !column(target, 'id')?.extra.includes('auto_increment')) {
    found.push(`${target.name}.id is not AUTO_INCREMENT: run the migrations of the application`);
  }
  if (!Object.values(target.indexes).some(([first]) => first === 'student_module_id')) {
    found.push(
      `${target.name} has no index that begins with student_module_id: run the migrations of the application`,
    );
  }
  if (target.triggers.length > 0) {
    found.push(
      `${target.name} has trigger ${target.triggers.join(', ')}, which would change what is copied: drop it for the time of the copy`,
    );
  }
  for (const name of NAMES) found.push(...narrower(source, target, name));
  return found;
}

/** What is wrong with either of them. */
function alike(table: TableShape): string[] {
  const found: string[] = [];
  const { name, engine, columns, indexes } = table;
  if (engine.toLowerCase() !== 'innodb') {
    found.push(
      `${name} is of engine ${engine}; allowed is InnoDB, whose transactions a chunk needs`,
    );
  }
  const there = columns.map((one) => one.name);
  const missing = NAMES.filter((one) => !there.includes(one));
  const extra = there.filter((one) => !NAMES.includes(one));
  if (missing.length > 0) found.push(`${name} lacks column ${missing.join(', ')}`);
  if (extra.length > 0) {
    found.push(
      `${name} has column ${extra.join(', ')}, which the copy would leave behind; allowed are ${NAMES.join(', ')}`,
    );
  }
  const primary = indexes.PRIMARY ?? [];
  if (primary.join(',') !== 'id') {
    found.push(
      `${name} has ${primary.length === 0 ? 'no primary key' : `primary key (${primary.join(', ')})`}; allowed is (id)`,
    );
  }
  const id = column(table, 'id');
  if (id && !integerType(id.type)) found.push(`${name}.id is ${id.type}; allowed is int or bigint`);
  for (const { source: own, kind } of HISTORY_COLUMNS) {
    const one = column(table, own);
    if (one && !KINDS[kind]!.test(one.type)) {
      found.push(`${name}.${own} is ${one.type}; allowed is a type of kind ${kind}`);
    }
  }
  return found;
}

/** What the column of the new table cannot take of the old one's. */
function narrower(source: TableShape, target: TableShape, name: string): string[] {
  const from = column(source, name);
  const to = column(target, name);
  if (!from || !to) return [];
  const found: string[] = [];
  const say = (what: string, allowed: string) =>
    found.push(
      `${target.name}.${name} is ${what}, that of ${source.name} ${allowed}; it must hold all that the old one can`,
    );
  const [a, b] = [integerType(from.type), integerType(to.type)];
  // Ids below zero are none: an old table is signed and a new one is not.
  if (a && b && b.max < a.max) say(to.type, from.type);
  if (textType(from.type) && textType(to.type) && !textFits(from.type, to.type)) {
    say(to.type, from.type);
  }
  if ((to.fraction ?? 0) < (from.fraction ?? 0)) say(to.type, from.type);
  if (from.nullable && !to.nullable) say('not null', 'may be null');
  if (from.characterSet && to.characterSet && !holdsSet(to.characterSet, from.characterSet)) {
    say(`of character set ${to.characterSet}`, `of ${from.characterSet}`);
  }
  return found;
}

const column = ({ columns }: TableShape, name: string): ColumnShape | undefined =>
  columns.find((one) => one.name === name);
