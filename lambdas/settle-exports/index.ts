import { stopExportsFromEnv } from '../extract-slices/stop-deps';
import { sfnClient } from '../shared/clients';
import { eventHandler } from '../shared/event-handler';
import { settleExports } from './core';

export const handler = eventHandler((event) =>
  settleExports(event, { ...stopExportsFromEnv(), sfn: sfnClient() }),
);
