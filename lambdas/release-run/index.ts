import { taskHandler } from '../shared/handler';
import { QUIESCED } from '../shared/quiesced/kinds';
import { storeFromEnv } from '../shared/report/store';
import { settleDepsFromEnv } from '../shared/settle-deps';
import { stackDeps } from '../shared/stacks/deps';
import { releaseRun } from './core';
import type { ReleaseRunPayload } from './payload';

export const handler = taskHandler((payload: ReleaseRunPayload) =>
  releaseRun(payload, {
    ...stackDeps(),
    ...settleDepsFromEnv(),
    store: storeFromEnv,
    kinds: QUIESCED,
  }),
);
