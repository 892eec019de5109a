// Rows on their way into Redshift: a table of the run beside the one that is back-filled, loaded from one
// manifest, all rows or none.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { COLUMNS } from '../../../lambdas/shared/rdw/tenant';
import type { StatementTemplate } from '../../../lambdas/shared/sql';
import { RedshiftCopy } from '../../steps/redshift-copy';
import { RedshiftStatement } from '../../steps/redshift-statement';
import { type RedshiftPartProps, SCHEMA, STAGING } from './backup';
import { copyRole } from './files';

/** Where the manifest of what is loaded stands in the state data. */
export interface LoadProps extends RedshiftPartProps {
  /**
   * JSONata for the address of the manifest; null when there are no rows.
   */
  readonly manifest: string;

  /**
   * JSONata for the number of rows it counts.
   */
  readonly rows: string;
}

/** Sessions of a user may begin in another zone, which would move every time that is written without one. */
export const UTC: StatementTemplate = { sql: { file: 'rdw/utc' } };

/** Loads the extract of a tenant, as MySQL writes it. In the state data `load` has the rows. */
export const loadExtract = (scope: Construct, props: LoadProps): sfn.Chain =>
  load(scope, props, {
    noun: 'extracted scores',
    statement: { sql: { file: 'rdw/copy' } },
  });

/** Loads a backup, as UNLOAD writes it. */
export const loadBackup = (scope: Construct, props: LoadProps): sfn.Chain =>
  load(scope, props, { noun: 'backed up scores' });

function load(
  scope: Construct,
  { warehouse, target, manifest, rows }: LoadProps,
  own: { readonly noun: string; readonly statement?: StatementTemplate },
): sfn.Chain {
  const create = new RedshiftStatement(scope, 'CreateStaging', {
    work: 'creations of the staging table',
    step: 'createStaging',
    warehouse,
    statements: {
      create: { sql: { file: 'rdw/create-staging' }, ids: { schema: SCHEMA, staging: STAGING } },
    },
    inItem: true,
  });
  const copy = new RedshiftCopy(scope, 'Load', {
    ...own,
    step: 'load',
    warehouse,
    role: copyRole(scope, target),
    manifest,
    rows,
    target: { schema: SCHEMA, table: STAGING, columns: COLUMNS },
    before: { utc: UTC },
    inItem: true,
  });
  return sfn.Chain.start(create).next(copy);
}
