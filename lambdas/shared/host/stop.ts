// Stop means stop, where that does no harm. Builds, copies of files and readings are ended with the job
// containers they have started. What is in the middle of pip, of Tutor's configuration, of a change of
// containers or of dbt is left to its end: dbt exchanges tables and takes a materialized view away until its
// table is filled, so that an end in between loses rows for good. Such a unit is found again by a redrive,
// and a release waits for it.

import { mayBeKilled } from '../host-files';
import type { HostAttempt, HostAttempts } from './attempts';
import { composeCommand } from './compose';
import { RUN_SECONDS, SmallCommand } from './small-command';
import type { HostUnitDeps } from './unit-work';

/** A stop has to be through within a minute where it can be. */
const LONGEST_MS = 60_000;

/**
 * Ends a unit that may be killed, and waits until it is gone.
 *
 * @param mayAct throws when somebody else acts for the step now
 * @returns whether nothing of it runs any more
 */
export async function stopUnit(
  { ssm, clock }: Pick<HostUnitDeps, 'ssm' | 'clock'>,
  attempts: HostAttempts,
  attempt: HostAttempt,
  mayAct: () => Promise<unknown>,
): Promise<boolean> {
  const { state, script, host, unit, key } = attempt;
  if (state !== 'wanted' && state !== 'running') return true;
  const kill = mayBeKilled(script!);
  await mayAct();
  const until = clock.now() + LONGEST_MS;
  const text = composeCommand(host, unit, key, {}, { kind: 'stop', kill });
  const fresh = () =>
    new SmallCommand(ssm(host.region), host, text, `stop ${unit}`, RUN_SECONDS, clock.now);
  for (let command = fresh(); ; await clock.sleep(2_000)) {
    const heard = await command.ask();
    if (heard && 'answer' in heard && heard.answer.kind === 'unit') {
      const { state: now, rc } = heard.answer;
      const gone = ['ended', 'lost', 'superseded'].includes(now);
      if (gone) {
        await mayAct();
        const stopped = { state: 'stopped', why: 'the execution was stopped' } as const;
        // One that came to a good end meanwhile is inspected by a redrive.
        if (rc !== 0) await attempts.save(attempt, stopped);
        return true;
      }
      if (!kill) return false;
    }
    if (clock.now() > until) return false;
    if (heard) command = fresh();
  }
}
