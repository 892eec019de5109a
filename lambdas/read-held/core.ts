// What a run that was given up has stopped on its host: nobody else starts it again.

import { type KeptPath, pathKey } from '../shared/aspects/path/kept';
import { copiesKey, type NotedCopies } from '../shared/aspects/server/copies';
import type { HostAttempt } from '../shared/host/attempts';
import { type Ledger, runKey } from '../shared/ledger';
import { releasedRun } from '../shared/runs';
import type { ReadHeldPayload, ReadHeldResult } from './payload';

/** Steps that hold; an attempt is enough, for its answer may be lost. */
const HOLDING = /^host#hold/;
/** Has Superset rest; the new containers start it again. */
const RESTING = /^host#restoreFiles#/;
const STARTING = /^host#recreate#/;
const SUPERSET = ['superset', 'superset-worker', 'superset-worker-beat'];

/** @throws UnknownRunError, RefusedInputError for a run that was not given up */
export async function readHeld(
  { runId }: ReadHeldPayload,
  { ledger }: { readonly ledger: Ledger },
): Promise<ReadHeldResult> {
  await releasedRun(ledger, runId);
  const copies = (await ledger.get<NotedCopies>(copiesKey(runId)))?.open ?? false;
  const seen = { held: false, rests: false, started: false };
  for await (const { sk, state } of ledger.list<HostAttempt>(runId, 'host#')) {
    seen.held ||= HOLDING.test(sk);
    seen.rests ||= RESTING.test(sk);
    seen.started ||= STARTING.test(sk) && state === 'done';
  }
  const superset = seen.rests && !seen.started ? SUPERSET : [];
  const way = await ledger.get<KeptPath>(pathKey(runId));
  const back = await ledger.get<{ way: { services: string } }>(runKey(runId, 'aspects#way-back'));
  const feeding = way?.services ?? back?.way.services.split(' ') ?? [];
  const services = [...(seen.held ? feeding : []), ...superset].filter((name) => name !== '');
  return { services: services.join(' '), copies };
}
