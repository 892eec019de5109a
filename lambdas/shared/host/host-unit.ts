// One step's command on a host: start, follow, inspect. Each round sends one small command or asks how the
// last one is doing; nothing is decided by time alone.
//
//   wanted --start--> running --poll--> ended --look--> done
//      |                 |                 |
//      +-----------------+-----------------+--> failed: the next visit begins the next attempt

import { iso } from '../clock';
import { HostCommandFailedError, HostUnreachableError } from '../errors';
import { visitOf } from '../foreign-attempts';
import { hostScript } from '../host-files';
import { runKey } from '../ledger';
import type { Caller } from '../run';
import type { WaitDeps } from '../waiting';
import type { Token } from '../worker-token';
import type { HostAnswer, Trailer } from './answer';
import { digestOf, type HostAttempt, HostAttempts } from './attempts';
import { composeCommand, type UnitCommand, type Variables } from './compose';
import type { HostRef } from './ref';
import { LOOK_SECONDS, RUN_SECONDS, SmallCommand } from './small-command';
import type { RunCommand } from './ssm';
import { stopUnit } from './stop';

/** What a unit's worker needs. */
export interface HostUnitDeps extends WaitDeps {
  /** Run Command of a region. */
  readonly ssm: (region: string) => RunCommand;
}

/** The command of a step, as its payload says. */
export interface UnitWork extends Caller {
  readonly step: string;
  readonly host: HostRef;
  readonly script: string | null;
  readonly inspect: string;
  readonly environment: Readonly<Record<string, string | number | boolean | null>>;
  readonly hours: number;
}

/** A host whose agent says nothing this long is the operator's to look at. */
const PATIENCE_MS = 600_000;
/** Time a unit's process has to come up after its folder was made. */
const COMES_UP_SECONDS = 60;

/** Pause between two polls: a command each, in a list that keeps them for 30 days. */
const pollPauseMs = (seconds: number): number =>
  seconds < 300 ? 15_000 : seconds < 3_600 ? 30_000 : 60_000;

/** See the head of the file. */
export class HostUnit {
  private readonly attempts: HostAttempts;
  private readonly variables: Variables;
  private readonly digest: string;
  private flight: SmallCommand | undefined;
  private nextAt = 0;
  private silentSince: number | undefined;
  private token: Token | undefined;

  constructor(
    private readonly work: UnitWork,
    private readonly deps: HostUnitDeps,
  ) {
    const { script, inspect, environment, step } = work;
    this.attempts = new HostAttempts(deps.ledger, work, step, deps.clock.now);
    this.variables = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value === null ? '' : `${value}`]),
    );
    // The scripts' text is no part of it: a new release does not do again what is done.
    this.digest = digestOf(script, inspect, this.variables);
  }

  /** What the inspection found, once it is content. */
  async round(token: Token): Promise<Trailer | undefined> {
    this.token = token;
    const { script, host } = this.work;
    const attempt = await this.attempts.current({ script, host, digest: this.digest });
    if (attempt.state === 'done') return attempt.trailer;
    if (this.flight === undefined) {
      if (this.deps.clock.now() < this.nextAt) return undefined;
      await token.renew();
      this.flight = this.command(attempt, this.commandFor(attempt));
    }
    const heard = await this.flight.ask();
    if (heard === undefined) return undefined;
    this.flight = undefined;
    if ('silent' in heard) return this.silence(attempt, heard.silent);
    this.silentSince = undefined;
    return await this.hear(attempt, heard.answer);
  }

  /** Ends the unit where its end is harmless; the execution is closed. */
  async stop(): Promise<void> {
    const attempt = await this.attempts.read();
    if (!attempt || !this.token) return;
    await stopUnit(this.deps, this.attempts, attempt, () => this.token!.renew());
  }

  private commandFor({ state, number, script }: HostAttempt): UnitCommand {
    if (state === 'ended') return { kind: 'look', script: hostScript(this.work.inspect) };
    if (state === 'running') return { kind: 'poll' };
    return { kind: 'start', script: hostScript(script!), attempt: number };
  }

  private command(attempt: HostAttempt, command: UnitCommand): SmallCommand {
    const { ssm, clock } = this.deps;
    const { unit, key, host } = attempt;
    const text = composeCommand(host, unit, key, this.variables, command);
    const seconds = command.kind === 'look' ? LOOK_SECONDS : RUN_SECONDS;
    const comment = `${command.kind} ${unit}`;
    return new SmallCommand(ssm(host.region), host, text, comment, seconds, clock.now);
  }

  private silence(attempt: HostAttempt, why: string): undefined {
    const now = this.deps.clock.now();
    this.silentSince ??= now;
    this.nextAt = now + 15_000;
    if (now - this.silentSince < PATIENCE_MS) return undefined;
    throw new HostUnreachableError(
      `instance ${attempt.host.instanceId} has not answered for ${PATIENCE_MS / 60_000} minutes (${why}). ` +
        `Unit ${attempt.unit} may still run there: it is found again. Look at the agent, then redrive`,
    );
  }

  private async hear(attempt: HostAttempt, answer: HostAnswer): Promise<Trailer | undefined> {
    if (answer.kind === 'trailer') {
      if (!answer.trailer.ok) return this.fail(attempt, String(answer.trailer.problem), true);
      await this.check(attempt, true, 'done');
      const { state, digest } = await this.attempts.save(attempt, {
        state: 'done',
        trailer: answer.trailer,
      });
      // It was an earlier command that has come to its end: the one that is wanted now follows.
      return state === 'done' && digest === this.digest ? answer.trailer : undefined;
    }
    const { state, rc, seconds = 0, tail = '' } = answer;
    switch (state) {
      case 'running':
        return this.goOn(attempt, seconds);
      case 'made':
        if (seconds < COMES_UP_SECONDS) return this.goOn(attempt, 0);
        return this.fail(attempt, `its process did not come up in ${COMES_UP_SECONDS} s: ${tail}`);
      case 'ended':
        if (rc === 0) return void (await this.attempts.save(attempt, { state: 'ended' }));
        return this.fail(attempt, `it ended with status ${rc}: ${tail}`);
      case 'lost':
        return this.fail(attempt, `it was ended from outside, or the host was restarted: ${tail}`);
      case 'superseded':
        return this.fail(attempt, 'a later attempt has begun on the host');
      case 'absent':
        return this.fail(attempt, 'the host knows nothing of it: its folder was removed');
      default:
        return this.fail(attempt, `the inspection ended with status ${rc}: ${tail}`, true);
    }
  }

  private async goOn(attempt: HostAttempt, seconds: number): Promise<undefined> {
    const { clock } = this.deps;
    if (attempt.state === 'wanted') await this.attempts.save(attempt, { state: 'running' });
    this.nextAt = clock.now() + pollPauseMs(seconds);
    const { hours } = this.work;
    const now = clock.now();
    const until = attempt.until ?? Date.parse(attempt.startedAt) + hours * 3_600_000;
    if (now < until) return undefined;
    // A redrive is the operator's word that it may go on.
    const visit = visitOf(this.work);
    if (attempt.lateIn !== undefined && attempt.lateIn !== visit) {
      const more = { until: now + hours * 3_600_000, lateIn: undefined };
      await this.attempts.save({ ...attempt, state: 'running' }, more);
      return undefined;
    }
    await this.attempts.save({ ...attempt, state: 'running' }, { lateIn: visit });
    throw new HostCommandFailedError(
      `unit ${attempt.unit} has run for more than ${hours} hours and still does. Look at ${this.logOf(attempt)}; ` +
        'a redrive follows it further, and starts no second one',
    );
  }

  /** Writes the end down before it is told, so that a redrive begins the next attempt. */
  private async fail(attempt: HostAttempt, why: string, looked = false): Promise<never> {
    const { inspect, step } = this.work;
    const reason = why.slice(0, 1_500);
    await this.check(attempt, false, reason);
    await this.attempts.save(attempt, { state: 'failed', why: reason });
    const what = attempt.script === null ? inspect : attempt.script;
    const who = looked && attempt.script !== null ? `${inspect} after ${what}` : what;
    throw new HostCommandFailedError(
      `${step}: ${who} on ${attempt.host.instanceId}: ${reason}. ` +
        `The whole log is ${this.logOf(attempt)} on the host. Repair the cause, then redrive: attempt ${attempt.number + 1} begins`,
    );
  }

  private logOf({ host, unit, script }: HostAttempt): string {
    return `${host.stateDirectory}/${unit}${script === null ? '-look' : ''}/log`;
  }

  private check({ unit }: HostAttempt, ok: boolean, actual: string): Promise<boolean> {
    const { runId, step, inspect, item } = this.work;
    return this.deps.ledger.put(runKey(runId, `check#host-${step}${item ? `#${item.key}` : ''}`), {
      name: `command on the host: ${step}`,
      expected: `${inspect} is content with ${unit}`,
      actual: ok ? `${inspect} is content with ${unit}` : actual.slice(0, 500),
      ok,
      at: iso(this.deps.clock.now()),
    });
  }
}
