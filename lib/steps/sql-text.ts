import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { IConstruct } from 'constructs';
import type { SqlLiteral, StatementTemplate } from '../../lambdas/shared/sql';
import { RunbookPropsError } from '../platform/props-error';

/** Values for the marks of an SQL file; numbers and strings may be JSONata (`{% … %}`). */
export interface SqlValues {
  /**
   * Identifiers for `{{id:name}}` marks.
   *
   * @default - the file has no such mark
   */
  readonly ids?: Readonly<Record<string, string | readonly string[]>>;

  /**
   * Literals for `{{lit:name}}` marks, each with its kind.
   *
   * @default - the file has no such mark
   */
  readonly literals?: Readonly<Record<string, SqlLiteral>>;

  /**
   * Values for `:name` parameters.
   *
   * @default - only the parameters that the plan of the batches gives
   */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

/** An SQL file of yours, read at synth time and handed to the task through the state machine. */
export class SqlFile {
  /**
   * Reads a file that begins with the four header lines `--! Purpose:`, `--! Rerun:`, `--! Needs:`
   * and `--! Parameters:`.
   */
  static fromPath(scope: IConstruct, file: string, values: SqlValues = {}): SqlFile {
    const text = readFileSync(file, 'utf8');
    const missing = ['Purpose', 'Rerun', 'Needs', 'Parameters'].filter(
      (name) => !new RegExp(`^--! ${name}: \\S`, 'm').test(text),
    );
    if (missing.length > 0) {
      throw new RunbookPropsError(scope, `${file} has no header line for ${missing.join(', ')}`);
    }
    return new SqlFile({ sql: { name: path.basename(file), text }, ...values });
  }

  private constructor(
    /** What the task is told. */
    readonly template: StatementTemplate,
  ) {}
}
