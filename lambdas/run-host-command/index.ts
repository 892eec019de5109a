import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { runCommandIn } from '../shared/host/clients';
import { noteItemFailure } from '../shared/items';
import { runHostCommand } from './core';
import type { RunHostCommandPayload } from './payload';

export const handler = taskHandler(
  (payload: RunHostCommandPayload, invocation) =>
    runHostCommand(
      payload,
      { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, ssm: runCommandIn },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
