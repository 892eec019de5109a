// One look at the host, made anew by whoever decides: what an earlier one has found may be repaired by now.

import type { Clock } from '../../clock';
import { HostUnreachableError, PreflightError } from '../../errors';
import { composeCommand } from '../../host/compose';
import type { HostRef } from '../../host/ref';
import { LOOK_SECONDS, SmallCommand } from '../../host/small-command';
import type { RunCommand } from '../../host/ssm';
import { hostScript } from '../../host-files';
import { factsOf, type HostFacts } from './facts';

/** What a look is made with. */
export interface LookDeps {
  readonly ssm: (region: string) => RunCommand;
  readonly clock: Clock;
  /** Milliseconds that are left for it. */
  remainingMs(): number;
}

/** Commands that get no answer before the host counts as unreachable. */
const TRIES = 4;
const PAUSE_MS = 5_000;
const SCRIPT = 'aspects/discover';

/**
 * @param name of the inspection on the host: letters, digits and hyphens
 * @throws HostUnreachableError, PreflightError where the script cannot look
 */
export async function lookAtHost(
  host: HostRef,
  mode: string,
  name: string,
  { ssm, clock, remainingMs }: LookDeps,
): Promise<HostFacts> {
  const text = composeCommand(
    host,
    name,
    name,
    { MODE: mode },
    { kind: 'look', script: hostScript(SCRIPT) },
  );
  let silent = 'it did not answer';
  for (let tried = 0; tried < TRIES; tried++) {
    const command = new SmallCommand(
      ssm(host.region),
      host,
      text,
      `look ${name}`,
      LOOK_SECONDS,
      clock.now,
    );
    for (let heard = await command.ask(); ; heard = await command.ask()) {
      if (heard && 'silent' in heard) {
        silent = heard.silent;
        break;
      }
      if (heard?.answer.kind === 'trailer') {
        const { trailer } = heard.answer;
        if (!trailer.ok) throw new PreflightError([String(trailer.problem)]);
        return factsOf(trailer);
      }
      if (heard) {
        const { tail = '', rc = '?' } = heard.answer;
        throw new PreflightError([
          `the look at ${host.instanceId} ended with status ${rc}: ${tail}`,
        ]);
      }
      if (remainingMs() < 60_000) throw unreachable(host, 'it has not answered in time');
      await clock.sleep(PAUSE_MS);
    }
    await clock.sleep(PAUSE_MS);
  }
  throw unreachable(host, silent);
}

const unreachable = ({ instanceId }: HostRef, why: string) =>
  new HostUnreachableError(
    `instance ${instanceId} does not answer Run Command (${why}): see that its agent runs and may reach Systems Manager, then redrive`,
  );
