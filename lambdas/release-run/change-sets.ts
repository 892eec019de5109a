// Takes the change sets of a run that is given up off their stacks: nobody may execute them later.

import { type Clock, iso } from '../shared/clock';
import { type Ledger, runKey } from '../shared/ledger';
import type { UpdateAttempt } from '../shared/stacks/attempts';
import type { StackDeps } from '../shared/stacks/deps';

export interface ChangeSetDeps extends Pick<StackDeps, 'cloudFormation'> {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * Deletes what the run made and nobody executed.
 *
 * @returns what is left for a person to do; such a thing keeps no run from being given up
 */
export async function deleteChangeSets(deps: ChangeSetDeps, runId: string): Promise<string[]> {
  const notes: string[] = [];
  for await (const attempt of deps.ledger.list<UpdateAttempt>(runId, 'change-set#')) {
    if (attempt.state === 'updated') continue;
    const note = runKey(runId, `note#release#${attempt.name}`);
    try {
      await deleteUnexecuted(deps, attempt);
      await deps.ledger.remove(note);
    } catch (error) {
      const { name, plan } = attempt;
      const text =
        `change set ${name} may still lie on stack ${plan.stackName} in ${plan.region}, look and delete it there: ` +
        (error as Error).message.slice(0, 500);
      await deps.ledger.put(note, { text, at: iso(deps.clock.now()) });
      notes.push(text);
    }
  }
  return notes;
}

async function deleteUnexecuted(deps: ChangeSetDeps, { name, plan }: UpdateAttempt): Promise<void> {
  const api = deps.cloudFormation(plan.region);
  const changeSet = await api.changeSet(plan.stackName, name);
  // One that was executed is part of the stack's history, and its update goes on by itself.
  if (!changeSet || changeSet.executionStatus.startsWith('EXECUTE_')) return;
  await api.deleteChangeSet(plan.stackName, name);
}
