// The two tables of the history, and how their columns travel. Pure: constructs import it.

import type { CopyColumn, CopyTable } from '../../copy-chunks/payload';
import type { Caller } from '../run';

/** Every payload of a task that works on the history. */
export interface HistoryCaller extends Caller {
  /** The table of the default database. */
  readonly source: CopyTable;
  /** The table of database alias `student_module_history`. */
  readonly target: CopyTable;
}

/** A server whose lag counts. */
export interface Replica {
  readonly host: string;
  readonly port: number;
}

/** Ids of a run's rows, in decimal text, both included. */
export interface IdRange {
  readonly name: string;
  readonly lo: string;
  readonly hi: string;
}

/** The key of both tables. */
export const HISTORY_KEY = { source: 'id', target: 'id' } as const;

/** All columns but the key; they are always named, because their order differs between installations. */
export const HISTORY_COLUMNS: readonly CopyColumn[] = [
  { source: 'version', target: 'version', kind: 'text', nullable: true },
  { source: 'created', target: 'created', kind: 'datetime', nullable: false },
  { source: 'state', target: 'state', kind: 'text', nullable: true },
  { source: 'grade', target: 'grade', kind: 'double', nullable: true },
  { source: 'max_grade', target: 'max_grade', kind: 'double', nullable: true },
  {
    source: 'student_module_id',
    target: 'student_module_id',
    kind: 'integer',
    nullable: false,
  },
];
