// The waiting task that replaces ingestion servers, phase by phase. Each round looks at what is there and
// makes the next change from that, so a phase may be broken off and begun again at any point.

import type { Invocation } from '../shared/handler';
import type { IngestionClients } from '../shared/ingestion/clients';
import { QUIESCED_TOKEN } from '../shared/quiesced/record';
import { type WaitDeps, waitFor } from '../shared/waiting';
import { drain } from './drain';
import type { RefreshIngestionPayload, RefreshIngestionResult, RefreshPhase } from './payload';
import { emptyPool, recordSizes, restoreSizes, startServers } from './phases';
import { Round } from './round';

export interface RefreshDeps extends WaitDeps {
  readonly clients: (region: string) => IngestionClients;
}

type Done = Exclude<RefreshIngestionResult['status'], 'running'>;

const PHASES: Readonly<Record<RefreshPhase, (round: Round) => Promise<Done | undefined>>> = {
  record: recordSizes,
  empty: emptyPool,
  start: startServers,
  drain,
  restore: restoreSizes,
};

export async function refreshIngestion(
  payload: RefreshIngestionPayload,
  deps: RefreshDeps,
  invocation: Invocation,
): Promise<RefreshIngestionResult> {
  const act = PHASES[payload.phase];
  const status = await waitFor(deps, payload, QUIESCED_TOKEN, invocation, async (token) =>
    act(await Round.look(payload, deps, token)),
  );
  return { status: status ?? 'running' };
}
