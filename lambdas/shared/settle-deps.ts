import { stopProgress } from '../run-batches/stop';
import { dataApiFor, ledgerFromEnv, sfnClient } from './clients';
import { systemClock } from './clock';
import { anyObject, readObject } from './foreign-clients';
import { runCommandIn } from './host/clients';
import { HOST_PREFIX, stopHostCommand } from './host/settle';
import { stopReadings } from './read';
import type { SettleDeps } from './settle';
import { sqlText } from './sql-files';

/** What settling needs on AWS; each kind of progress is stopped by the task that made it. */
export function settleDepsFromEnv(): SettleDeps {
  const deps = { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock };
  const batches = { ...deps, dataApi: dataApiFor, sqlText, readObject, anyObject };
  return {
    ...deps,
    stop: (runId, sk, mayAct) =>
      sk.startsWith(HOST_PREFIX)
        ? stopHostCommand({ ...deps, ssm: runCommandIn }, runId, sk, mayAct)
        : stopProgress(batches, runId, sk, mayAct),
    stopReadings: (runId, mayAct) => stopReadings(batches, runId, mayAct),
  };
}
