import { lookAtHost } from '../shared/aspects/host/look';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { runCommandIn } from '../shared/host/clients';
import { readUpgrade } from './core';
import type { ReadUpgradePayload } from './payload';

export const handler = taskHandler((payload: ReadUpgradePayload, { remainingMs }) =>
  readUpgrade(payload, {
    ledger: ledgerFromEnv(),
    lookAtHost: () =>
      lookAtHost(payload.host, payload.mode, `${payload.runId}-way-back`, {
        ssm: runCommandIn,
        clock: systemClock,
        remainingMs,
      }),
  }),
);
