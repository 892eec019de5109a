// The warehouse is given the role that may call the Lambda function, and keeps all it has.
//
//   look -> in sync? done : intent (ledger) -> add -> look again, until it is in sync
//
// A lost answer is settled by the next look. An addition by somebody else makes the warehouse busy, so
// that ours is refused and made anew from a fresh look; one that overwrote ours is seen and repaired.

import { iso } from '../shared/clock';
import { ExternalFunctionError, isTransient } from '../shared/errors';
import type { RolesSeen } from '../shared/functions/role-hosts';
import { runKey } from '../shared/ledger';
import type { Work } from './work';

/** Associating takes minutes; after an hour somebody has to look. */
const LONGEST_MS = 3_600_000;

interface Intent {
  readonly role: string;
  readonly before: readonly string[];
  readonly at: number;
  readonly asked: number;
  readonly associatedAt?: string;
}

/** Returns when the warehouse can use the role; throws Leave when it is not there yet. */
export async function associate(work: Work): Promise<void> {
  const { payload, deps } = work;
  const host = deps.roleHost(payload.warehouse, payload.invokeRoleArn);
  for (;;) {
    const seen = await host.look();
    if (seen.ours === 'in-sync' && !seen.busy) return noteEnd(work, seen);
    await work.mayAct();
    const intent = await noteIntent(work, seen);
    if (deps.clock.now() - intent.at > LONGEST_MS) {
      throw new ExternalFunctionError(
        `${seen.host} does not take role ${payload.invokeRoleArn}: it is ${seen.ours}${seen.busy ? ', another change is under way' : ''} ` +
          'after an hour. Associate the role by hand, then redrive',
      );
    }
    if (seen.ours === 'absent' && !seen.busy) await add(() => host.add(seen));
    await work.pause();
  }
}

/** A refusal because of another change, and an answer that was lost, mean the same: look again. */
async function add(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const busy = /^(Conflict|InvalidClusterState)/.test((error as Error).name);
    if (!busy && !isTransient(error)) throw error;
  }
}

const keyOf = ({ payload }: Work) => runKey(payload.runId, `function-role#${payload.step}`);

async function noteIntent(work: Work, seen: RolesSeen): Promise<Intent> {
  const { deps, payload } = work;
  const old = await deps.ledger.get<Intent>(keyOf(work));
  // An association of this run that was taken away since is a new matter, with a new hour.
  const last = old?.associatedAt === undefined ? old : undefined;
  const intent: Intent = {
    role: payload.invokeRoleArn,
    before: last?.before ?? seen.roles,
    at: last?.at ?? deps.clock.now(),
    asked: (last?.asked ?? 0) + 1,
  };
  await deps.ledger.put(keyOf(work), intent);
  return intent;
}

async function noteEnd(work: Work, seen: RolesSeen): Promise<void> {
  const { deps, payload } = work;
  const intent = await deps.ledger.get<Intent>(keyOf(work));
  if (!intent || intent.associatedAt !== undefined) return;
  const associatedAt = iso(deps.clock.now());
  await deps.ledger.put(keyOf(work), { ...intent, associatedAt });
  const lost = intent.before.filter((role) => !seen.roles.includes(role));
  const text =
    `role ${payload.invokeRoleArn} was associated with ${seen.host}; it stays there as long as the external functions are used` +
    (lost.length > 0 ? `. No longer there, by somebody else's change: ${lost.join(', ')}` : '');
  await deps.ledger.put(runKey(payload.runId, `note#-#function-role-${payload.step}`), { text });
}
