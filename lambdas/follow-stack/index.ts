import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { stackDeps } from '../shared/stacks/deps';
import { followStack } from './core';
import type { FollowStackPayload } from './payload';

export const handler = taskHandler(
  (payload: FollowStackPayload, invocation) => followStack(payload, stackDeps(), invocation),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
