import { ledgerFromEnv, perRegion, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { SystemsManager } from '../shared/host/ssm';
import { noteItemFailure } from '../shared/items';
import { runHostCommand } from './core';
import type { RunHostCommandPayload } from './payload';

const ssm = perRegion(({ region }) => new SystemsManager(region));

export const handler = taskHandler(
  (payload: RunHostCommandPayload, invocation) =>
    runHostCommand(
      payload,
      { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, ssm },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
