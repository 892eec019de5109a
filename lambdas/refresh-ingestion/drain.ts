// Old servers go: drained, waited for until their last task has ended, taken out through the group. Only
// while as many tasks as there were are healthy on servers that stay.

import { iso } from '../shared/clock';
import { freshTasks, type Server } from '../shared/ingestion/servers';
import { runKey } from '../shared/ledger';
import { lower } from '../shared/quiesced/ingestion';
import { quiescedKey } from '../shared/quiesced/record';
import type { Round } from './round';

/** The group is busy, or has dealt with the instance already: the next round looks again. */
const NEXT_ROUND = /ScalingActivityInProgress|not found/i;

export async function drain(round: Round): Promise<'done' | undefined> {
  const { seen, sizes, changes, token } = round;
  const old = seen.servers.filter((server) => server.old);
  if (seen.oldLeft === 0) {
    await noteNone(round);
    return 'done';
  }
  const left = old.flatMap(({ tasks }) => tasks).length;
  const fresh = freshTasks(seen).length;
  if (fresh < sizes.before.tasks) {
    return round.waits(
      -seen.oldLeft - left,
      `only ${fresh} of ${sizes.before.tasks} tasks are healthy on new ingestion servers, so no more of the ` +
        `${seen.oldLeft} old servers are drained`,
    );
  }
  await beginGivingBack(round);
  await token.renew();
  await changes.mark(
    old.filter(({ container }) => container?.active),
    'DRAINING',
  );
  // From here on the old tasks are too many: those that are healthy on new servers are protected.
  if ((seen.service.desiredCount ?? 0) > sizes.before.tasks) {
    await token.renew();
    await lower(changes, seen, sizes.before.tasks);
  }
  await terminateEmpty(round, old);
  return round.waits(
    -seen.oldLeft - left,
    `${seen.oldLeft} old ingestion servers are left, with ${left} tasks on them`,
  );
}

/** One by one, each seen empty and closed to new tasks before this round. */
async function terminateEmpty(round: Round, old: readonly Server[]): Promise<void> {
  const { seen, sizes, changes, token } = round;
  let desired = seen.group.DesiredCapacity ?? 0;
  for (const server of old.filter(
    ({ inService, empty, container }) => inService && empty && !container?.active,
  )) {
    await token.renew();
    // A group that is not larger than it was needs a new server in this one's place.
    const surplus = desired > sizes.before.group.desired;
    try {
      await changes.terminate(server, surplus);
      if (surplus) desired -= 1;
    } catch (error) {
      if (!NEXT_ROUND.test(`${(error as Error).name} ${(error as Error).message}`)) throw error;
    }
  }
}

/** Fewer tasks than meanwhile is the first part of the way back. */
async function beginGivingBack({ sizes, deps, payload, thing, token }: Round): Promise<void> {
  if (sizes.restoringAt !== undefined || sizes.restoredAt !== undefined) return;
  await token.renew();
  const item = { ...sizes, restoringAt: iso(deps.clock.now()) };
  await deps.ledger.put(quiescedKey(payload.runId, thing), item, { at: sizes.at });
}

async function noteNone({ deps, payload, thing }: Round): Promise<void> {
  await deps.ledger.put(runKey(payload.runId, `check#ingestion#${thing.name}`), {
    name: `old servers in group ${thing.name}`,
    expected: '0',
    actual: '0',
    ok: true,
    at: iso(deps.clock.now()),
  });
}
