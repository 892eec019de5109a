import { confirmBackup } from '../../../lambdas/confirm-backup/core';
import { runKey } from '../../../lambdas/shared/ledger';
import { MemoryLedger } from '../../support/memory-ledger';

const RUN = 'run-20260131-0a1b2c3d4e';
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:example-aspects-upgrade:one';

it('refuses a backup whose name has not the id of the run: it may be older than the run', async () => {
  const ledger = new MemoryLedger();
  await ledger.put(runKey(RUN), { runId: RUN, executionArn: ARN, status: 'open' });
  const payload = {
    version: 1,
    runId: RUN,
    rootArn: ARN,
    selfArn: ARN,
    redriveCount: 0,
    place: { disk: 'backups' },
    backupId: 'aspects-of-last-week',
  };
  const connect = () => Promise.reject(new Error('it was asked'));
  const deps = { ledger: ledger.ledger, clock: { now: () => 0 }, connect, sqlText: () => '' };
  await expect(confirmBackup(payload as never, deps as never)).rejects.toThrow(
    /may be older than the run\. Nothing was changed/,
  );
});
