import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { QUIESCED } from '../shared/quiesced/kinds';
import { quiesce } from './core';
import type { QuiescePayload } from './payload';

export const handler = taskHandler(
  (payload: QuiescePayload, invocation) =>
    quiesce(
      payload,
      { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, kinds: QUIESCED },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
