// The one change of the table: its rows give way to the staged ones in one transaction, which raises an error
// where something is not as it was proven, and leaves a mark. Readers see the old rows or the new ones.
//
//   checks, which hold nobody up -> lock -> mark -> the checks again -> DELETE -> INSERT … SELECT -> check -> count in the mark -> commit
//
// A second swap of the same run waits for the lock and fails at the mark: the database decides, also about
// one whose answer was lost.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { swapMarkOf } from '../../../lambdas/shared/rdw/tenant';
import type { StatementTemplate } from '../../../lambdas/shared/sql';
import { RedshiftStatement } from '../../steps/redshift-statement';
import { RedshiftTransaction } from '../../steps/redshift-transaction';
import type { Warehouse } from '../../steps/warehouse';
import { SCHEMA, STAGING } from './backup';
import { UTC } from './load';

/** The table that says that a swap was committed; the clean-up drops it. */
export const MARK = `{% $states.input.value.staging & '${swapMarkOf('')}' %}`;

type Parameters = NonNullable<StatementTemplate['parameters']>;

const own = (file: string, parameters?: Parameters): StatementTemplate => ({
  sql: { file: `rdw/${file}` },
  ids: { schema: SCHEMA, staging: STAGING, mark: MARK },
  ...(parameters === undefined ? {} : { parameters }),
});

/** Properties of {@link swap}; all are JSONata. */
export interface SwapProps {
  /** As the owner of the tables. */
  readonly warehouse: Warehouse;

  /** Rows that were loaded and compared. */
  readonly rows: string;

  /** Rows the backup counts. */
  readonly rowsBackedUp: string;

  /** Since when exams were extracted, in UTC, as in `2019-11-01 00:00:00`. */
  readonly start: string;

  /** The high-water mark, likewise. */
  readonly high: string;

  /** Id of the newest row of table migrate when the mark was taken. */
  readonly migrateId: string;
}

/** Brings the staged rows whose exam Redshift holds; in the state data `swap` has their number. */
export const swap = (scope: Construct, props: SwapProps): sfn.Chain =>
  checkedSwap(
    scope,
    props.warehouse,
    {
      'check-staged': own('swap-check-staged', { rows: props.rows }),
      'check-backup': own('swap-check-backup', { rows_backed_up: props.rowsBackedUp }),
      'check-start': own('swap-check-start', { start: props.start }),
      'check-newer': own('swap-check-newer', { high: props.high }),
      // Again after a redrive, which does not go back to the state that asserts it.
      'check-exams': own('swap-check-exams', { migrate_id: props.migrateId }),
      'check-emptied': own('swap-check-emptied'),
    },
    {
      delete: own('swap-delete'),
      insert: own('swap-insert'),
      'check-inserted': own('swap-check-inserted'),
    },
  );

/** Brings every staged row of a backup; `high` and `migrateId` are those of the run that made it. */
export const swapBack = (
  scope: Construct,
  { warehouse, rows, migrateId, high }: Omit<SwapProps, 'rowsBackedUp' | 'start'>,
): sfn.Chain =>
  checkedSwap(
    scope,
    warehouse,
    {
      'check-staged': own('swap-check-staged', { rows }),
      'check-regular': own('swap-check-regular', { migrate_id: migrateId, high }),
      'check-exams': own('swap-check-exams', { migrate_id: migrateId }),
    },
    {
      delete: own('swap-delete'),
      insert: own('swap-insert-all'),
      'check-restored': own('swap-check-restored', { rows }),
    },
  );

type Statements = Readonly<Record<string, StatementTemplate>>;

/** A refusal shows before readers have to wait for the lock; behind it the same checks decide. */
const checkedSwap = (
  scope: Construct,
  warehouse: Warehouse,
  checks: Statements,
  change: Statements,
): sfn.Chain =>
  sfn.Chain.start(
    new RedshiftStatement(scope, 'SwapChecks', {
      work: 'checks before the swap',
      step: 'swapChecks',
      warehouse,
      statements: checks,
      readOnly: true,
      inItem: true,
    }),
  ).next(
    new RedshiftTransaction(scope, 'Swap', {
      work: 'swaps of alt scores',
      step: 'swap',
      warehouse,
      statements: {
        utc: UTC,
        lock: own('swap-lock'),
        mark: own('swap-mark'),
        ...checks,
        ...change,
        close: own('swap-close'),
      },
      mark: { schema: SCHEMA, table: MARK },
      inItem: true,
    }),
  );
