// The columns a back-fill relies on. A drifted schema would load values into the wrong place, silently.

import { COLUMNS } from '../shared/rdw/tenant';

/** A column as the catalog of an engine shows it. */
export interface Column {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  /** Redshift: it refuses NULL. */
  readonly required?: boolean;
}

type Types = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** In MySQL, of `warehouse_xx`; there may be more. */
const WAREHOUSE: Types = {
  exam: {
    id: 'bigint',
    type_id: 'tinyint',
    school_year: 'smallint',
    asmt_id: 'int',
    student_id: 'int',
    scale_score: 'float',
    performance_level: 'tinyint',
    completed_at: 'timestamp',
    update_import_id: 'bigint',
    deleted: 'tinyint',
    updated: 'timestamp',
  },
  exam_score: {
    id: 'bigint',
    exam_id: 'bigint',
    subject_score_id: 'smallint',
    scale_score: 'float',
    performance_level: 'tinyint',
  },
  subject_score: { id: 'smallint', asmt_type_id: 'tinyint', score_type_id: 'tinyint' },
};

/** In MySQL, of `migrate_olap_xx`. */
const MIGRATE: Types = {
  migrate: { id: 'bigint', status: 'tinyint', last_at: 'timestamp', created: 'timestamp' },
};

/** In Redshift: types of `exam_alt_score`, which has these columns, in this order, and no other. */
const TARGET_TYPES: Readonly<Record<(typeof COLUMNS)[number], string>> = {
  id: 'bigint',
  exam_id: 'bigint',
  subject_score_id: 'integer',
  student_id: 'bigint',
  asmt_id: 'integer',
  school_year: 'smallint',
  scale_score: 'double precision',
  performance_level: 'smallint',
  completed_at: 'timestamp with time zone',
  migrate_id: 'bigint',
  updated: 'timestamp with time zone',
  update_import_id: 'bigint',
};

/** In Redshift: columns the swap and the checks join by; any whole number will do for a key. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  exam: [
    'id',
    'student_id',
    'asmt_id',
    'school_year',
    'completed_at',
    'migrate_id',
    'updated',
    'update_import_id',
  ],
  subject_score: ['id', 'asmt_type_id', 'score_type_id'],
};

export const warehouseProblems = (schema: string, columns: readonly Column[]) =>
  problemsIn(schema, WAREHOUSE, columns);

export const migrateProblems = (schema: string, columns: readonly Column[]) =>
  problemsIn(schema, MIGRATE, columns);

function problemsIn(schema: string, tables: Types, columns: readonly Column[]): string[] {
  if (columns.length === 0) return [noneIn(schema, Object.keys(tables))];
  return Object.entries(tables).flatMap(([relation, types]) => {
    const there = columns.filter((column) => column.relation === relation);
    if (there.length === 0) return [`table ${schema}.${relation} is not there, or cannot be read`];
    return Object.entries(types).flatMap(([name, type]) => {
      const found = there.find((column) => column.name === name)?.type;
      return found === type ? [] : [differs(`${schema}.${relation}.${name}`, found, type)];
    });
  });
}

/** @param columns in the order of the table */
export function reportingProblems(schema: string, columns: readonly Column[]): string[] {
  if (columns.length === 0) return [noneIn(schema, ['exam_alt_score'])];
  const of = (relation: string) => columns.filter((column) => column.relation === relation);
  const target = of('exam_alt_score');
  if (target.length === 0) {
    return [
      `table ${schema}.exam_alt_score is not there: it came with schema 2.4; upgrade the schema first`,
    ];
  }
  const names = target.map(({ name }) => name);
  const order =
    names.join() === COLUMNS.join()
      ? []
      : [
          `${schema}.exam_alt_score has columns ${names.join(', ')}; known are ${COLUMNS.join(', ')}`,
        ];
  const types = target.flatMap(({ name, type, required }) => {
    const wanted = TARGET_TYPES[name as keyof typeof TARGET_TYPES];
    if (wanted === undefined) return [];
    const column = `${schema}.exam_alt_score.${name}`;
    if (type !== wanted) return [differs(column, type, wanted)];
    return required ? [] : [`${column} takes NULL, which it did not in schema 2.4`];
  });
  const neighbours = Object.entries(NEIGHBOURS).flatMap(([relation, wanted]) => {
    const missing = wanted.filter((name) => !of(relation).some((column) => column.name === name));
    return missing.length === 0
      ? []
      : [`${schema}.${relation} lacks ${missing.join(', ')}, or the table is not there`];
  });
  return [...order, ...types, ...neighbours];
}

const noneIn = (schema: string, tables: readonly string[]) =>
  `schema ${schema} is not there, or its user sees none of ${tables.join(', ')}`;

const differs = (column: string, found: string | undefined, wanted: string) =>
  found === undefined ? `${column} is not there` : `${column} is ${found}, expected ${wanted}`;
