import { consoleDeps } from '../shared/clickstream/console-access';
import { taskHandler } from '../shared/handler';
import { setTimeZones } from './core';
import type { SetTimeZonesPayload } from './payload';

export const handler = taskHandler((payload: SetTimeZonesPayload) =>
  setTimeZones(payload, consoleDeps()),
);
