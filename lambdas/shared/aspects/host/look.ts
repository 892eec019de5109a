// One look at the host, made anew by whoever decides: what an earlier one has found may be repaired by now.

import type { Clock } from '../../clock';
import { HostUnreachableError, PreflightError } from '../../errors';
import type { Trailer } from '../../host/answer';
import { composeCommand, type Variables } from '../../host/compose';
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

/**
 * Everything of the host that decides the way.
 *
 * @throws HostUnreachableError, PreflightError where the script cannot look
 */
export async function lookAtHost(
  host: HostRef,
  mode: string,
  name: string,
  deps: LookDeps,
): Promise<HostFacts> {
  const trailer = await look(host, 'aspects/discover', { MODE: mode }, name, deps);
  if (!trailer.ok) throw new PreflightError([String(trailer.problem)]);
  return factsOf(trailer);
}

/**
 * What one script finds.
 *
 * @param name of the inspection on the host: letters, digits and hyphens
 * @throws HostUnreachableError, PreflightError where the script ends without an answer
 */
export async function look(
  host: HostRef,
  script: string,
  variables: Variables,
  name: string,
  { ssm, clock, remainingMs }: LookDeps,
): Promise<Trailer> {
  const kind = { kind: 'look', script: hostScript(script) } as const;
  const text = composeCommand(host, name, name, variables, kind);
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
      if (heard?.answer.kind === 'trailer') return heard.answer.trailer;
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
