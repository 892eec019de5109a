// The six functions of the clickstream schema, answered by the bundle's handler within this process.

import { handler } from '../../../lambdas/clickstream-udf';
import { EXTERNAL_FUNCTIONS } from '../../../lambdas/clickstream-udf/functions';
import type { LambdaCaller } from '../../rehearsal/warehouse/external-call';
import type { Harness } from './harness';

const ADMIN = 'arn:aws:iam::000000000000:role/clickstream-redshift-admin';

/** What a warehouse is given to call functions. */
export const lambda: LambdaCaller = (_function, _role, payload) => handler(payload);

/** Makes them in the schema of an application. */
export async function makeFunctions(data: Harness, app: string): Promise<void> {
  for (const { name, arguments: count, maxBatchRows, maxBatchKb } of EXTERNAL_FUNCTIONS) {
    const types = Array.from({ length: count }, () => 'varchar(65535)').join(', ');
    const { Error: error } = await data.run(
      `create external function ${app}.${name}(${types}) returns varchar(65535) stable
       lambda 'udf' iam_role default max_batch_rows ${maxBatchRows} max_batch_size ${maxBatchKb} kb`,
      {},
      ADMIN,
    );
    if (error) throw new Error(String(error));
  }
}
