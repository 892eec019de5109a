import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { publishFromEnv } from '../shared/notices';
import { askAtGate } from './core';
import type { OpenGatePayload } from './payload';

export const handler = taskHandler((payload: OpenGatePayload) =>
  askAtGate(payload, {
    ledger: ledgerFromEnv(),
    sfn: sfnClient(),
    publish: publishFromEnv,
    clock: systemClock,
  }),
);
