import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { stackDeps } from '../shared/stacks/deps';
import { prepareChangeSet } from './core';
import type { PrepareChangeSetPayload } from './payload';

export const handler = taskHandler(
  (payload: PrepareChangeSetPayload, invocation) =>
    prepareChangeSet(payload, stackDeps(), invocation),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
