// The six functions that the schema of Clickstream 1.1.6 and newer has in Python, which Redshift no longer
// makes: https://docs.aws.amazon.com/redshift/latest/mgmt/behavior-changes.html
// Five are called by the migration, convert_json_list by the scan after each load.

import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { EXTERNAL_FUNCTIONS } from '../../../lambdas/clickstream-udf/functions';
import { Platform } from '../../platform/platform';
import { ExternalFunctions, type WarehouseFunction } from '../../steps/external-functions';
import type { Warehouse } from '../../steps/warehouse';

/** The functions with their limits and the statements that prove them. */
export const CLICKSTREAM_FUNCTIONS: readonly WarehouseFunction[] = EXTERNAL_FUNCTIONS.map(
  ({ name, arguments: count, maxBatchRows, maxBatchKb }) => {
    const file = name.replaceAll('_', '-');
    return {
      name,
      arguments: count,
      maxBatchRows,
      maxBatchKb,
      probe: { sql: { file: `clickstream/probe-${file}` } },
      golden: { sql: { file: `clickstream/golden-${file}` } },
    };
  },
);

/** Answers all six. */
export const answeringFunction = (scope: Construct): lambda.IFunction =>
  Platform.of(scope).task('clickstream-udf');

/** The step that stands before an application's migration. */
export function ensureFunctions(
  scope: Construct,
  warehouse: Warehouse,
  definer: Warehouse,
): ExternalFunctions {
  return new ExternalFunctions(scope, 'Functions', {
    step: 'functions',
    warehouse,
    definer,
    handler: answeringFunction(scope),
    functions: CLICKSTREAM_FUNCTIONS,
    schema: '{% $states.input.value.schema %}',
    inItem: true,
  });
}
