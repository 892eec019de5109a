import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { connectMySql } from '../shared/mysql/connect';
import { takeHighWater } from './core';
import type { TakeHighWaterPayload } from './payload';

export const handler = taskHandler(
  (payload: TakeHighWaterPayload) =>
    takeHighWater(payload, {
      ...databaseDeps(connectMySql),
    }),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
