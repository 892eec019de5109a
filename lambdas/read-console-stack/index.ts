import { taskHandler } from '../shared/handler';
import { stackDeps } from '../shared/stacks/deps';
import { readConsoleStack } from './core';
import type { ReadConsoleStackPayload } from './payload';

export const handler = taskHandler((payload: ReadConsoleStackPayload) =>
  readConsoleStack(payload, stackDeps()),
);
