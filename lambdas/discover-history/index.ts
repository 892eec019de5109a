import { systemClock } from '../shared/clock';
import { freeGiB } from '../shared/copy/storage';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { discoverHistory } from './core';
import type { DiscoverHistoryPayload } from './payload';

export const handler = taskHandler((payload: DiscoverHistoryPayload) =>
  discoverHistory(payload, {
    ...databaseDeps(connectMySql),
    connectReplica: (at) => connectMySql(payload.target, at),
    freeGiB: () => freeGiB(payload.target.region, payload.dbInstanceIdentifier, systemClock.now()),
  }),
);
