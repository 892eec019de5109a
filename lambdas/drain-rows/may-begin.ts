// Nothing has gone yet: whatever forbids a removal forbids it now.

import { RemovalRefusedError } from '../shared/errors';
import type { Table } from '../shared/history/table';
import type { DrainRowsPayload } from './payload';
import { proveCompared } from './proof';

/** A comparison is worth something for so long. */
const DAY_MS = 24 * 3_600_000;

/**
 * Whether the first row may go; `stale` when all of them have to be compared again before.
 *
 * @throws RemovalRefusedError, RemovalError
 */
export async function mayBegin(
  { runId, confirm, verifiedAt, lo, hi, cut }: DrainRowsPayload,
  source: Table,
  target: Table,
  now: number,
): Promise<'stale' | 'fit'> {
  const problems: string[] = [];
  if (confirm !== source.name) {
    problems.push(`confirm is ${JSON.stringify(confirm)}; allowed is ${source.name}`);
  }
  if (BigInt(hi) >= BigInt(cut)) {
    problems.push(`ids up to ${hi} reach live ones, which begin at ${cut}`);
  }
  const age = now - Date.parse(verifiedAt);
  if (!Number.isFinite(age)) problems.push(`verifiedAt is no time: ${verifiedAt}`);
  if (problems.length > 0) {
    throw new RemovalRefusedError(`${problems.join('; ')}. Nothing was removed`);
  }
  if (age > DAY_MS) return 'stale';
  await proveCompared(source, target, runId, BigInt(lo), BigInt(hi));
  return 'fit';
}
