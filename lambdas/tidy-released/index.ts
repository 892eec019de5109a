import { stopExportsFromEnv } from '../extract-slices/stop-deps';
import { dataApiFor } from '../shared/clients';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { tidyReleased } from './core';
import type { TidyReleasedPayload } from './payload';

export const handler = taskHandler((payload: TidyReleasedPayload, invocation) =>
  tidyReleased(payload, { ...stopExportsFromEnv(), dataApi: dataApiFor, sqlText }, invocation),
);
