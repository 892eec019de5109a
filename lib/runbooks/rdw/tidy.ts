// After the swap: the table in order again, and nothing of the run left in the warehouse.

import type { Construct } from 'constructs';
import { RedshiftStatement } from '../../steps/redshift-statement';
import type { Warehouse } from '../../steps/warehouse';
import { SCHEMA, STAGING } from './backup';
import { MARK } from './swap';

/**
 * VACUUM, then ANALYZE, each outside a transaction. A failure of theirs is a note: rows are right without
 * them, reports are slower.
 */
export const vacuumAndAnalyze = (scope: Construct, warehouse: Warehouse): RedshiftStatement =>
  new RedshiftStatement(scope, 'VacuumAndAnalyze', {
    work: 'vacuum and analyze',
    step: 'vacuum',
    warehouse,
    statements: {
      vacuum: { sql: { file: 'rdw/vacuum' }, ids: { schema: SCHEMA } },
      analyze: { sql: { file: 'rdw/analyze' }, ids: { schema: SCHEMA } },
    },
    evidence: {
      kind: 'status',
      warning:
        'The rows are right, but reports may be slow: run VACUUM and ANALYZE of this table as its owner',
    },
    inItem: true,
  });

/**
 * Drops the staging table and the mark of the swap; behind every check, because nothing can be compared
 * with them any more.
 */
export const dropStaging = (scope: Construct, warehouse: Warehouse): RedshiftStatement =>
  new RedshiftStatement(scope, 'DropStaging', {
    work: 'drops of the staging table',
    step: 'dropStaging',
    warehouse,
    statements: {
      staging: { sql: { file: 'rdw/drop-staging' }, ids: { schema: SCHEMA, staging: STAGING } },
      mark: { sql: { file: 'rdw/drop-staging' }, ids: { schema: SCHEMA, staging: MARK } },
    },
    inItem: true,
  });
