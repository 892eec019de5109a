import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { markItem } from './core';
import type { MarkItemPayload } from './payload';

export const handler = taskHandler((payload: MarkItemPayload) =>
  markItem(payload, ledgerFromEnv(), systemClock.now()),
);
