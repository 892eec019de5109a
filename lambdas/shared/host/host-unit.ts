// One step's command on a host: start, follow, inspect. Each round sends one small command or asks how the
// last one is doing; nothing is decided by time alone.
//
//   wanted --start--> running --poll--> ended --look--> done
//      |                 |                 |
//      +-----------------+-----------------+--> failed: the next visit begins the next attempt

import { HostUnreachableError } from '../errors';
import { hostScript } from '../host-files';
import type { Token } from '../worker-token';
import type { HostAnswer, Trailer } from './answer';
import { digestOf, type HostAttempt, HostAttempts } from './attempts';
import { composeCommand, type UnitCommand, type Variables } from './compose';
import { LOOK_SECONDS, RUN_SECONDS, SmallCommand } from './small-command';
import { stopUnit } from './stop';
import { UnitEnds } from './unit-ends';
import { type HostUnitDeps, type UnitWork, variablesOf } from './unit-work';

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
  private readonly ends: UnitEnds;
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
    const { script, inspect, step } = work;
    this.attempts = new HostAttempts(deps.ledger, work, step, deps.clock.now);
    this.ends = new UnitEnds(work, deps, this.attempts);
    this.variables = variablesOf(work);
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
      const { ok, problem } = answer.trailer;
      if (!ok) return this.ends.fail(attempt, String(problem), true);
      const { digest } = await this.ends.succeed(attempt, answer.trailer);
      // It was an earlier command that has come to its end: the one that is wanted now follows.
      return digest === this.digest ? answer.trailer : undefined;
    }
    const { state, rc, seconds = 0, tail = '' } = answer;
    switch (state) {
      case 'running':
        return this.goOn(attempt, seconds);
      case 'made':
        if (seconds < COMES_UP_SECONDS) return this.goOn(attempt, 0);
        return this.ends.fail(
          attempt,
          `its process did not come up in ${COMES_UP_SECONDS} s: ${tail}`,
        );
      case 'ended':
        if (rc === 0) return void (await this.attempts.save(attempt, { state: 'ended' }));
        return this.ends.fail(attempt, `it ended with status ${rc}: ${tail}`);
      case 'lost':
        return this.ends.fail(
          attempt,
          `it was ended from outside, or the host was restarted: ${tail}`,
        );
      case 'superseded':
        return this.ends.fail(attempt, 'a later attempt has begun on the host');
      case 'absent':
        return this.ends.fail(attempt, 'the host knows nothing of it: its folder was removed');
      default:
        return this.ends.fail(attempt, `the inspection ended with status ${rc}: ${tail}`, true);
    }
  }

  private async goOn(attempt: HostAttempt, seconds: number): Promise<undefined> {
    this.nextAt = this.deps.clock.now() + pollPauseMs(seconds);
    if (attempt.state === 'wanted') await this.attempts.save(attempt, { state: 'running' });
    await this.ends.refuseToBeLate({ ...attempt, state: 'running' });
    return undefined;
  }
}
