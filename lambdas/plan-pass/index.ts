import { taskHandler } from '../shared/handler';
import { waitingMySqlDeps } from '../shared/mysql/deps';
import { planPass } from './core';
import type { PlanPassPayload } from './payload';

export const handler = taskHandler((payload: PlanPassPayload, invocation) =>
  planPass(payload, waitingMySqlDeps(), invocation),
);
