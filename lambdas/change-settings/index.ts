import { ledgerFromEnv } from '../shared/clients';
import { taskHandler } from '../shared/handler';
import { changeSettings } from './core';
import type { ChangeSettingsPayload } from './payload';

export const handler = taskHandler((payload: ChangeSettingsPayload) =>
  changeSettings(payload, { ledger: ledgerFromEnv() }),
);
