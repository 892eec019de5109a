import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { freeGiB } from '../shared/copy/storage';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { connectMySql } from '../shared/mysql/connect';
import { copyChunks } from './core';
import type { CopyChunksPayload } from './payload';

export const handler = taskHandler(
  (payload: CopyChunksPayload, invocation) =>
    copyChunks(
      payload,
      {
        ledger: ledgerFromEnv(),
        sfn: sfnClient(),
        clock: systemClock,
        connect: (side) => connectMySql(payload[side]),
        connectReplica: (at) => connectMySql(payload.target, at),
        freeGiB: () =>
          freeGiB(payload.target.region, payload.dbInstanceIdentifier, systemClock.now()),
      },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
