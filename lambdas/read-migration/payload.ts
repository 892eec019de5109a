import type { HistoryCaller, IdRange } from '../shared/history/tables';

/** Reads what a migration has left in the ledger, for the removal. */
export interface ReadMigrationPayload extends HistoryCaller {
  /** Id of the run that has copied and verified. */
  readonly migrationOf: string;
  /** Typed by a person: `<source database>.<table>`. */
  readonly confirm: string;
  readonly workers: number;
  readonly method: 'drain' | 'truncate';
}

export interface ReadMigrationResult {
  readonly lo: string;
  readonly hi: string;
  readonly cut: string;
  readonly sameServer: boolean;
  /** What is verified again before a row goes; without rows that are gone already. */
  readonly ranges: readonly IdRange[];
}
