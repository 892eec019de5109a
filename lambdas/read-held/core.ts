// What a run that was given up has held on its host: nobody else starts it again.

import { type KeptPath, pathKey } from '../shared/aspects/path/kept';
import { copiesKey, type NotedCopies } from '../shared/aspects/server/copies';
import { type Ledger, runKey } from '../shared/ledger';
import { releasedRun } from '../shared/runs';
import type { ReadHeldPayload, ReadHeldResult } from './payload';

/** Steps that hold; an attempt is enough, for its answer may be lost. */
const HOLDING = /^host#hold/;

/** @throws UnknownRunError, RefusedInputError for a run that was not given up */
export async function readHeld(
  { runId }: ReadHeldPayload,
  { ledger }: { readonly ledger: Ledger },
): Promise<ReadHeldResult> {
  await releasedRun(ledger, runId);
  const copies = (await ledger.get<NotedCopies>(copiesKey(runId)))?.open ?? false;
  let held = false;
  for await (const { sk } of ledger.list(runId, 'host#')) held ||= HOLDING.test(sk);
  if (!held) return { services: '', copies };
  const way = await ledger.get<KeptPath>(pathKey(runId));
  const back = await ledger.get<{ way: { services: string } }>(runKey(runId, 'aspects#way-back'));
  return { services: way?.services.join(' ') ?? back?.way.services ?? '', copies };
}
