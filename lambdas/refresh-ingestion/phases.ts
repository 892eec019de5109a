// The phases around the drain: sizes written down, warm pool emptied, new servers started, sizes given back.

import { freshTasks, isSteady } from '../shared/ingestion/servers';
import { raise, sizesOf } from '../shared/quiesced/ingestion';
import { recordBefore } from '../shared/quiesced/record';
import { restored } from '../shared/quiesced/restore';
import type { Round } from './round';

/** What was written down first stays: a second look would see what the run has made of it. */
export async function recordSizes(round: Round): Promise<'done' | 'nothing' | undefined> {
  if (round.record) return 'done';
  const { seen, kind, thing, token, deps, payload } = round;
  if (seen.oldLeft === 0 && seen.oldWarm === 0) return 'nothing';
  const healthy = seen.tasks.filter((task) => task.healthy).length;
  if (!isSteady(seen)) {
    const { desiredCount, runningCount } = seen.service;
    return round.waits(
      healthy,
      `the service of the ingestion servers is not steady: it wants ${desiredCount} tasks, ${runningCount} run, ` +
        `${healthy} are healthy, and it has ${seen.service.deployments?.length} deployments`,
    );
  }
  const state = (await kind.read(thing))?.state;
  if (!state) return undefined;
  await token.renew();
  await recordBefore(deps.ledger, payload.runId, thing, kind, state, deps.clock.now());
  return 'done';
}

/** Stopped instances are made as the group was, and a growing group takes them first. */
export async function emptyPool(round: Round): Promise<'done' | undefined> {
  const { seen, changes, token } = round;
  if (!seen.warmPool) return 'done';
  if (seen.warmPool.Status !== 'PendingDelete') {
    await token.renew();
    await changes.deleteWarmPool();
  }
  return round.waits(0, 'the warm pool of the ingestion servers is still being emptied');
}

export async function startServers(round: Round): Promise<'done' | undefined> {
  const { seen, sizes, changes, token, kind, thing } = round;
  const { before, during } = sizes;
  const fresh = freshTasks(seen).length;
  if (fresh >= before.tasks) return 'done';
  // A new task would take the room of an old server that happens to be free.
  const free = seen.servers.filter((one) => one.old && one.empty && one.container?.active);
  await token.renew();
  await changes.mark(free, 'DRAINING');
  const now = (await kind.read(thing))?.state ?? sizesOf(seen, null);
  if (!kind.is({ ...now, draining: 0, warmPool: null }, during)) {
    await token.renew();
    await raise(changes, now, during);
  }
  const { runningCount, pendingCount, desiredCount, events } = seen.service;
  const started = seen.servers.filter(({ old, container }) => !old && container);
  const placed = started.flatMap(({ tasks }) => tasks).length;
  return round.waits(
    1e6 * fresh + 1e3 * placed + started.length,
    `only ${fresh} of ${before.tasks} new ingestion tasks are healthy on new servers (the service wants ${desiredCount}, ` +
      `${runningCount} run, ${pendingCount} wait for a server or start; the group has ${seen.group.DesiredCapacity} of at ` +
      `most ${seen.group.MaxSize} servers; latest event: ${events?.[0]?.message ?? 'none'})`,
  );
}

/** The same change as when a run is given up, made until nothing differs. */
export async function restoreSizes(round: Round): Promise<'done' | undefined> {
  const { record, deps, payload, token, kind } = round;
  if (!record) return 'done';
  const kinds = { ingestion: kind } as never;
  const done = await restored({ ...deps, kinds }, payload.runId, record, () => token.renew());
  return done ? 'done' : round.waits(0, 'the sizes of the ingestion servers differ from before');
}
