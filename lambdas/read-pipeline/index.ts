import { consoleDeps } from '../shared/clickstream/console-access';
import { foreignSfn } from '../shared/foreign-clients';
import { taskHandler } from '../shared/handler';
import { readPipeline } from './core';

import type { ReadPipelinePayload } from './payload';

export const handler = taskHandler((payload: ReadPipelinePayload) =>
  readPipeline(payload, { ...consoleDeps(), executions: foreignSfn }),
);
