import { eventHandler } from '../shared/event-handler';
import { settleDepsFromEnv } from '../shared/settle-deps';
import { settleClosedRun } from './core';

export const handler = eventHandler((event) => settleClosedRun(event, settleDepsFromEnv()));
