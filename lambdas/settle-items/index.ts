import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { taskHandler } from '../shared/handler';
import { settleItems } from './core';
import type { SettleItemsPayload } from './payload';

export const handler = taskHandler((payload: SettleItemsPayload) =>
  settleItems(payload, { ledger: ledgerFromEnv(), sfn: sfnClient() }),
);
