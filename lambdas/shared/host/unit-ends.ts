// How a unit ends, in the ledger first and then in words: a redrive reads what was written.

import { iso } from '../clock';
import { HostCommandFailedError } from '../errors';
import { visitOf } from '../foreign-attempts';
import { runKey } from '../ledger';
import type { Trailer } from './answer';
import type { HostAttempt, HostAttempts } from './attempts';
import type { HostUnitDeps, UnitWork } from './unit-work';

const HOUR_MS = 3_600_000;

/** See the head of the file. */
export class UnitEnds {
  constructor(
    private readonly work: UnitWork,
    private readonly deps: Pick<HostUnitDeps, 'ledger' | 'clock'>,
    private readonly attempts: HostAttempts,
  ) {}

  /** The inspection is content. */
  async succeed(attempt: HostAttempt, trailer: Trailer): Promise<HostAttempt> {
    await this.check(attempt);
    return await this.attempts.save(attempt, { state: 'done', trailer });
  }

  /**
   * The attempt is over, and a redrive begins the next.
   *
   * @param looked whether the inspection says so
   */
  async fail(attempt: HostAttempt, why: string, looked = false): Promise<never> {
    const { inspect, step } = this.work;
    const { script, host, number } = attempt;
    const reason = why.slice(0, 1_500);
    await this.check(attempt, reason);
    await this.attempts.save(attempt, { state: 'failed', why: reason });
    const what = script ?? inspect;
    const who = looked && script !== null ? `${inspect} after ${what}` : what;
    throw new HostCommandFailedError(
      `${step}: ${who} on ${host.instanceId}: ${reason}. The whole log is ${logOf(attempt)} on the host. ` +
        `Repair the cause, then redrive: attempt ${number + 1} begins`,
    );
  }

  /**
   * Tells that a unit takes longer than its hours; it goes on. A redrive is the operator's word that it may, and
   * gives it as many hours again.
   */
  async refuseToBeLate(attempt: HostAttempt): Promise<void> {
    const { hours } = this.work;
    const now = this.deps.clock.now();
    if (now < (attempt.until ?? Date.parse(attempt.startedAt) + hours * HOUR_MS)) return;
    const visit = visitOf(this.work);
    if (attempt.lateIn !== undefined && attempt.lateIn !== visit) {
      await this.attempts.save(attempt, { until: now + hours * HOUR_MS, lateIn: undefined });
      return;
    }
    await this.attempts.save(attempt, { lateIn: visit });
    throw new HostCommandFailedError(
      `unit ${attempt.unit} has run for more than ${hours} hours and still does. Look at ${logOf(attempt)} on the host; ` +
        'a redrive follows it further, and starts no second one',
    );
  }

  private check({ unit }: HostAttempt, problem?: string): Promise<boolean> {
    const { runId, step, inspect, item } = this.work;
    const expected = `${inspect} is content with ${unit}`;
    return this.deps.ledger.put(runKey(runId, `check#host-${step}${item ? `#${item.key}` : ''}`), {
      name: `command on the host: ${step}`,
      expected,
      actual: problem?.slice(0, 500) ?? expected,
      ok: problem === undefined,
      at: iso(this.deps.clock.now()),
    });
  }
}

const logOf = ({ host, unit, script }: HostAttempt): string =>
  `${host.stateDirectory}/${unit}${script === null ? '-look' : ''}/log`;
