import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { mySqlDeps } from '../shared/mysql/deps';
import { takeHighWater } from './core';
import type { TakeHighWaterPayload } from './payload';

export const handler = taskHandler(
  (payload: TakeHighWaterPayload) =>
    takeHighWater(payload, {
      ...mySqlDeps(),
    }),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
