// How busy the warehouse is. Above a limit a person is asked: the migration would be slow, and in the way.

import { timestamp } from '../run-batches/plan';
import { StatementStoppedError } from '../shared/errors';
import type { Read } from '../shared/read';
import type { PreflightMigrationPayload, WarehouseLoad } from './payload';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A warehouse that computed for half of the last hour has work of its own. */
const BUSY_SHARE = 0.5;

/** How the statements of this run open: an orphan of its own is adopted later, and is no load now. */
export const ownOf = ({ runId }: Pick<PreflightMigrationPayload, 'runId'>) => `/* ${runId} `;

/** Whole seconds, as statements take them. */
export const secondsAgo = (now: number, ms: number) =>
  timestamp(Math.floor((now - ms) / 1000) * 1000);

export const dayAgo = (now: number) => secondsAgo(now, DAY_MS);

export async function loadOf(
  payload: PreflightMigrationPayload,
  read: Read,
  now: number,
): Promise<WarehouseLoad> {
  const parameters = { since: dayAgo(now), own: ownOf(payload) };
  const [row] = await read('preflight-load', { parameters });
  const running = Number(row?.running ?? 0);
  const queued = Number(row?.queued ?? 0);
  const busyShare = payload.warehouse.workgroup ? await shareOf(read, now) : null;
  const reasons = [
    running > payload.maxRunning &&
      `${running} statements run on it, ${payload.maxRunning} are usual`,
    queued > payload.maxQueued &&
      `${queued} statements wait in its queue, ${payload.maxQueued} are usual`,
    busyShare !== null &&
      busyShare > BUSY_SHARE &&
      `it computed for ${Math.round(busyShare * 100)} % of the last hour`,
  ].filter((reason) => reason !== false);
  return { running, queued, busyShare, reasons };
}

/** Share of the last hour's capacity that was used; null for users who may not see it. */
async function shareOf(read: Read, now: number): Promise<number | null> {
  try {
    const [row] = await read('preflight-usage', {
      parameters: { since: secondsAgo(now, HOUR_MS) },
    });
    const [used, capacity] = [Number(row?.used ?? 0), Number(row?.capacity ?? 0)];
    return capacity > 0 ? used / ((HOUR_MS / 1000) * capacity) : 0;
  } catch (error) {
    if (error instanceof StatementStoppedError) return null;
    throw error;
  }
}
