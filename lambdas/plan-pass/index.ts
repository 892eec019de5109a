import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { planPass } from './core';
import type { PlanPassPayload } from './payload';

export const handler = taskHandler((payload: PlanPassPayload, invocation) =>
  planPass(payload, waitingDeps(connectMySql), invocation),
);
