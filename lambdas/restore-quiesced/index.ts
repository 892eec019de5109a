import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { QUIESCED } from '../shared/quiesced/kinds';
import { restoreQuiesced } from './core';
import type { RestoreQuiescedPayload } from './payload';

export const handler = taskHandler((payload: RestoreQuiescedPayload, invocation) =>
  restoreQuiesced(
    payload,
    { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, kinds: QUIESCED },
    invocation,
  ),
);
