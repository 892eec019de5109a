// A statement that was cancelled ends ABORTED, which the solution's machine does not know: it asks on until
// its time of two hours is over. Its execution is not ours to stop, so this only tells who watches.

import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { isAccessDenied } from '../shared/errors';
import { readTrouble } from '../shared/foreign-trouble';
import { type Ledger, runKey } from '../shared/ledger';
import type { FollowSchemaPayload } from './payload';

/** Looks at the statement a running execution waits for, where the role may, and notes what it sees. */
export async function noteCancelled(
  sfn: Pick<SFNClient, 'send'>,
  executionArn: string,
  { runId, appId, warehouse }: FollowSchemaPayload,
  deps: { readonly ledger: Ledger; dataApi(target: WarehouseTarget): DataApi },
): Promise<void> {
  const { statementId, index } = await readTrouble(sfn, executionArn);
  if (statementId === undefined) return;
  if ((await stateOf(deps.dataApi(warehouse), statementId)) !== 'aborted') return;
  await deps.ledger.put(runKey(runId, `note#${appId}#schema-cancelled`), {
    text:
      `application ${appId}: statement ${statementId} (element ${index ?? 'unknown'} of the schema's SQL) was cancelled. The solution's ` +
      `execution ${executionArn} does not see that and asks on until its two hours are over; then it is redriven`,
  });
}

/** A statement is shown to the role that submitted it only. */
async function stateOf(api: DataApi, id: string): Promise<string | undefined> {
  try {
    return (await api.describe(id, 0))?.state;
  } catch (error) {
    if (isAccessDenied(error) || (error as Error).name === 'ValidationException') return undefined;
    throw error;
  }
}
