// What the steps that move rows between a warehouse and S3 have in common.

import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Warehouse } from './warehouse';

/** How rows are written in files: comma-separated with quotes, or delimited by `|` with escapes. */
export type FileFormat = 'csv' | 'text';

/** Properties of every step that moves rows between a warehouse and S3. */
export interface S3FilesProps {
  /**
   * What is moved, in the plural and lower case, as in `Run unloads of old scores`: at most 28
   * characters. Unique in the machine.
   */
  readonly noun: string;

  /** Name of the step in ledger and reports, and of its result in the state data: letters only. */
  readonly step: string;

  /** The warehouse. */
  readonly warehouse: Warehouse;

  /**
   * Role with which the warehouse itself goes to S3. It must be associated with the warehouse, and may
   * list the bucket and write to it (UNLOAD), or list and read it (COPY); the step gives it no rights.
   */
  readonly role: iam.IRole;

  /**
   * How the rows are written.
   *
   * @default 'csv'
   */
  readonly format?: FileFormat;

  /**
   * Whether the step stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/** Where a COPY puts its rows. */
export interface CopyTarget {
  /**
   * Schema of the table.
   */
  readonly schema: string;

  /**
   * The table: a staging table of the run, which must be empty.
   */
  readonly table: string;

  /**
   * Columns in the order of the fields.
   */
  readonly columns: readonly string[];
}
