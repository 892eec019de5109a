import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { stackDeps } from '../shared/stacks/deps';
import { executeChangeSet } from './core';
import type { ExecuteChangeSetPayload } from './payload';

export const handler = taskHandler(
  (payload: ExecuteChangeSetPayload, { requestId }) =>
    executeChangeSet(payload, stackDeps(), requestId),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
