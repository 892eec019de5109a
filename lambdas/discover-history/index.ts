import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { freeGiB } from '../shared/copy/storage';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { discoverHistory } from './core';
import type { DiscoverHistoryPayload } from './payload';

export const handler = taskHandler((payload: DiscoverHistoryPayload) =>
  discoverHistory(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    sqlText,
    connect: connectMySql,
    connectReplica: (at) => connectMySql(payload.target, at),
    freeGiB: () => freeGiB(payload.target.region, payload.dbInstanceIdentifier, systemClock.now()),
  }),
);
