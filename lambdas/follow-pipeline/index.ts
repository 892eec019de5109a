import { taskHandler } from '../shared/handler';
import { stackDeps } from '../shared/stacks/deps';
import { followPipeline } from './core';
import type { FollowPipelinePayload } from './payload';

export const handler = taskHandler((payload: FollowPipelinePayload, invocation) =>
  followPipeline(payload, stackDeps(), invocation),
);
