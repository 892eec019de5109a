// What keeps a run from beginning, for a dry run: it takes no lease and no range, and looks who has them.

import { CHECKPOINTS } from '../shared/history/copied';
import type { Table } from '../shared/history/table';
import { historyLease } from '../shared/inputs/student-module-history';
import { type Ledger, leaseKey } from '../shared/ledger';
import type { LeaseItem } from '../shared/runs';

/** No invocation is silent for longer and goes on: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const SILENT_SECONDS = 900;

/** Findings about other runs of this table; empty: a run could begin now. */
export async function otherRuns(runId: string, target: Table, ledger: Ledger): Promise<string[]> {
  const lease = await ledger.get<LeaseItem>(leaseKey(historyLease(target.place)));
  const held =
    lease && lease.runId !== runId
      ? [
          `run ${lease.runId} (${lease.executionArn}) has held ${target.name} since ${lease.takenAt}, and no other run may begin: let it end, redrive, continue or release it`,
        ]
      : [];
  const { engine } = await target.row('table', { table: CHECKPOINTS });
  if (engine === undefined) return held;
  const live = await target.rows('live-copies', {
    run: runId,
    copied: target.name,
    seconds: SILENT_SECONDS,
  });
  return [
    ...held,
    ...live
      .filter(({ run }) => run !== lease?.runId)
      .map(
        ({ run, execution, age }) =>
          `run ${run} (${execution}) has copied into ${target.name} ${age} s ago: stop it, or wait until it has been silent for ${SILENT_SECONDS / 60} minutes`,
      ),
  ];
}
