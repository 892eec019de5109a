import { lookAtHost } from '../shared/aspects/host/look';
import { ledgerFromEnv, perRegion } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { SystemsManager } from '../shared/host/ssm';
import { readUpgrade } from './core';
import type { ReadUpgradePayload } from './payload';

const ssm = perRegion(({ region }) => new SystemsManager(region));

export const handler = taskHandler((payload: ReadUpgradePayload, { remainingMs }) =>
  readUpgrade(payload, {
    ledger: ledgerFromEnv(),
    lookAtHost: () =>
      lookAtHost(payload.host, payload.mode, `${payload.runId}-way-back`, {
        ssm,
        clock: systemClock,
        remainingMs,
      }),
  }),
);
