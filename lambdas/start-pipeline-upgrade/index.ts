import { consoleDeps } from '../shared/clickstream/console-access';
import { taskHandler } from '../shared/handler';
import { startPipelineUpgrade } from './core';
import type { StartPipelineUpgradePayload } from './payload';

export const handler = taskHandler((payload: StartPipelineUpgradePayload, invocation) =>
  startPipelineUpgrade(payload, consoleDeps(), invocation),
);
