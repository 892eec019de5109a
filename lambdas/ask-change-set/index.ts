import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { publishFromEnv } from '../shared/notices';
import { stackDeps } from '../shared/stacks/deps';
import { askChangeSet } from './core';
import type { AskChangeSetPayload } from './payload';

export const handler = taskHandler(
  (payload: AskChangeSetPayload) =>
    askChangeSet(payload, { ...stackDeps(), publish: publishFromEnv }),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
