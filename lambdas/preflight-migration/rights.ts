import type { DataApi } from '../shared/data-api';

/** An id no statement has: a call that lacks the right is refused before the id is looked up. */
const NO_STATEMENT = '00000000-0000-0000-0000-000000000000';

/**
 * What the calling role may not do, and what that means at night. Both rights are tried
 * where nothing can change.
 */
export async function rights(api: DataApi, runId: string): Promise<string[]> {
  const warnings: string[] = [];
  if ((await api.find(`ur:${runId}:`)) === 'denied') {
    warnings.push(
      'the role may not list its statements: after a death between submit and ledger an older statement is found by the ' +
        'query history only. Grant redshift-data:ListStatements on it',
    );
  }
  if ((await api.cancel(NO_STATEMENT)) === 'denied') {
    warnings.push(
      'the role may not cancel: a procedure that loops, or a statement of a stopped run, goes on until it ends by itself. ' +
        'Grant redshift-data:CancelStatement on it, or end the session as superuser with pg_terminate_backend',
    );
  }
  return warnings;
}
