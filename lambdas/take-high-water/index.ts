import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { takeHighWater } from './core';
import type { TakeHighWaterPayload } from './payload';

export const handler = taskHandler(
  (payload: TakeHighWaterPayload) =>
    takeHighWater(payload, {
      ledger: ledgerFromEnv(),
      clock: systemClock,
      sqlText,
      connect: connectMySql,
    }),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
