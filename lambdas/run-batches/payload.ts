// What a state tells the task `run-batches`: which statements, in which order, judged by what.

import type { Caller, Turn } from '../shared/run';
import type { StatementTemplate, TransactionTemplate } from '../shared/sql';
import type { WarehouseTarget } from '../shared/warehouse-target';

/** How the work is cut into batches. Batches run one after the other, in this order. */
export type BatchPlan =
  /** The statements or transactions as they are given, each once; `name` becomes part of the ledger key. */
  | {
      readonly kind: 'list';
      readonly statements: readonly ((StatementTemplate | TransactionTemplate) & {
        readonly name: string;
      })[];
    }
  /** Batches `first` … `first + batches - 1`, each with parameter `:batch`. */
  | { readonly kind: 'count'; readonly batches: number; readonly first?: number }
  /** Growing windows: `:days` is `by`, 2 × `by`, … and at last `total`. */
  | { readonly kind: 'growing'; readonly total: number; readonly by: number }
  /** Half-open ranges of `hours`, old to new, `:range_start` and `:range_end` in UTC. */
  | {
      readonly kind: 'ranges';
      /** ISO instant; null when there is nothing to cover. */
      readonly from: string | null;
      /** ISO instant, or `now`: fixed in the ledger when the first batch starts. */
      readonly to: string;
      readonly hours: number;
      /** ISO instant behind `to` that one more range reaches; null or absent for none. */
      readonly tail?: string | null;
    };

/** How the end of a statement is judged. FINISHED alone proves nothing about a procedure that catches errors. */
export type Evidence =
  /** The statement's own status; for statements that do not swallow errors. */
  | {
      readonly kind: 'status';
      /**
       * What a person may do when the statement fails. With it that is a note in the ledger, and the
       * step goes on. What the role may not do, or a service does not answer, still fails the step.
       */
      readonly warning?: string;
    }
  /** Rows of the result are checks: columns name, expected, actual. Mismatches are thrown after the last batch. */
  | { readonly kind: 'checks' }
  /** The manifest an UNLOAD writes last, and the rows it counts. */
  | {
      readonly kind: 'unload';
      /** Folder of the attempts' prefixes: value of the literal `to`, of kind `s3-own-prefix`. */
      readonly folder: string;
    }
  /** The rows of a table that was empty before a COPY. */
  | {
      readonly kind: 'copy';
      /** Rows the manifest counts. With none, nothing is loaded. */
      readonly rows: number;
      /** Schema of the table. */
      readonly schema: string;
      /** Its name. */
      readonly table: string;
    }
  /**
   * A table that the transaction itself makes, with its rows in column `total`. It is there when the
   * transaction was committed, whatever became of the answer, and keeps a second one from being committed.
   */
  | {
      readonly kind: 'mark';
      /** Schema of the table. */
      readonly schema: string;
      /** Its name. */
      readonly table: string;
    }
  /** Rows of a log table since the statement was submitted. */
  | {
      readonly kind: 'log';
      /** Reads columns id, level, message, logged_at since `:since` for `:log_name`, and one row of level `clock` with the warehouse's time. */
      readonly read: StatementTemplate;
      /** Name under which the procedure writes its log. */
      readonly logName: string;
      /** A message that starts so means: this call has done its work. */
      readonly finished: readonly string[];
      /** A message that starts so means: nothing is left for this batch. */
      readonly exhausted: readonly string[];
      /** Regular expression with one group: the number of rows a call moved. */
      readonly rows?: string;
      /** Error rows while the statement runs after which it is cancelled, because it loops. Default 3. */
      readonly errorsToCancel?: number;
    };

export interface RunBatchesPayload extends Caller {
  /** Name of the step in ledger, statement names and comments, `[A-Za-z0-9_.-]+`. */
  readonly step: string;
  readonly warehouse: WarehouseTarget;
  readonly plan: BatchPlan;
  /** The statement of every batch; not for plan `list`. */
  readonly statement?: StatementTemplate;
  readonly evidence: Evidence;
  /** Call a batch again until the evidence says that nothing is left, at most so often. */
  readonly maxCalls?: number;
  /** True when the statements change nothing and may simply run again. Default false. */
  readonly readOnly?: boolean;
}

export interface RunBatchesResult {
  readonly status: Turn;
  /** Batches ended so far, and rows they moved as far as the evidence tells. */
  readonly batches: number;
  readonly rows: number;
  /** Address of the manifest that an UNLOAD wrote; null when it had no rows and wrote nothing. */
  readonly manifest?: string | null;
}
