// Run Command as it answers, status by status; what the host does is in tools/test/host.

import { runHostCommand } from '../../../lambdas/run-host-command/core';
import type { RunHostCommandPayload } from '../../../lambdas/run-host-command/payload';
import { type HostAttempt, hostKey } from '../../../lambdas/shared/host/attempts';
import type { Invocation, NewCommand, RunCommand } from '../../../lambdas/shared/host/ssm';
import { runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeClock } from '../../support/fake-warehouse';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, FakeStepFunctions, openedRun, serviceError } from '../../support/runs';

const UNIT = (state: string, more = {}) => `RUNBOOK-STATE ${JSON.stringify({ state, ...more })}\n`;
const TRAILER = (ok: boolean, more = {}) => `RUNBOOK-TRAILER ${JSON.stringify({ ok, ...more })}\n`;
const said = (output: string): Invocation => ({
  Status: 'Success',
  StatusDetails: 'Success',
  StandardOutputContent: output,
  StandardErrorContent: '',
});
const status = (Status: string, StatusDetails = Status): Invocation => ({
  Status,
  StatusDetails,
  StandardOutputContent: '',
  StandardErrorContent: '',
});

/** Answers, in order; an error is thrown. Commands are noted by what they do. */
class FakeRunCommand implements RunCommand {
  readonly sent: NewCommand[] = [];
  /** For each command: answers to the questions about it, the last one stays. */
  script: (Invocation | Error)[][] = [];
  sendErrors: Error[] = [];

  async send(command: NewCommand): Promise<string> {
    const error = this.sendErrors.shift();
    if (error) throw error;
    this.sent.push(command);
    return `command-${this.sent.length - 1}`;
  }

  async invocation(id: string): Promise<Invocation> {
    const answers = this.script[Number(id.replace('command-', ''))] ?? [status('Pending')];
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  get kinds(): string[] {
    return this.sent.map(({ comment }) => comment.replace(/ .*/, ''));
  }
}

class Harness {
  readonly memory = new MemoryLedger();
  readonly clock = new FakeClock();
  readonly sfn = new FakeStepFunctions();
  readonly ssm = new FakeRunCommand();
  run!: RunItem;
  redriveCount = 0;

  async open(): Promise<this> {
    this.run = await openedRun(this.memory.ledger);
    return this;
  }

  call(change: Partial<RunHostCommandPayload> = {}, remainingMs = 900_000) {
    const end = this.clock.now() + remainingMs;
    return runHostCommand(
      {
        ...callerOf(this.run),
        redriveCount: this.redriveCount,
        step: 'build',
        host: {
          instanceId: 'i-0123456789abcdef0',
          region: 'eu-west-1',
          user: 'ubuntu',
          tutorRoot: '/srv/tutor',
          path: '/srv/venv/bin',
          stateDirectory: '/var/lib/upgrade-runbooks',
        },
        script: 'aspects/build-images',
        inspect: 'aspects/inspect-build-images',
        environment: { MODE: 'local', IMAGES: 'aspects' },
        hours: 4,
        released: false,
        ...change,
      },
      {
        ledger: this.memory.ledger,
        clock: this.clock,
        sfn: this.sfn.client,
        ssm: () => this.ssm,
      },
      { requestId: `worker-${Math.random()}`, remainingMs: () => end - this.clock.now() },
    );
  }

  attempt() {
    return this.memory.get<HostAttempt>(hostKey(this.run.runId, 'build'));
  }
}

const harness = () => new Harness().open();

describe('run-host-command', () => {
  it('starts, follows to the end, inspects, and the report has the check', async () => {
    const h = await harness();
    h.ssm.script = [
      [
        serviceError('InvocationDoesNotExist'),
        status('Pending'),
        said(UNIT('running', { seconds: 1 })),
      ],
      [said(UNIT('running', { seconds: 20 }))],
      [said(UNIT('ended', { rc: 0 }))],
      [said(TRAILER(true, { images: 1 }))],
    ];
    await expect(h.call()).resolves.toEqual({ status: 'done', trailer: { ok: true, images: 1 } });
    expect(h.ssm.kinds).toEqual(['start', 'poll', 'poll', 'look']);
    expect(await h.memory.get(runKey(h.run.runId, 'check#host-build'))).toMatchObject({ ok: true });
  });

  it('writes the intent down before anything is sent', async () => {
    const h = await harness();
    h.ssm.sendErrors = [new Error('the task is killed')];
    await expect(h.call()).rejects.toThrow('the task is killed');
    expect(await h.attempt()).toMatchObject({
      number: 1,
      state: 'wanted',
      unit: `${h.run.runId}-build-1`,
    });
    h.ssm.script = [[said(UNIT('ended', { rc: 0 }))], [said(TRAILER(true))]];
    await h.call();
    expect(h.ssm.sent[0]!.text).toContain(`UNIT='${h.run.runId}-build-1'`);
    expect((await h.attempt())!.number).toBe(1);
  });

  it.each([
    ['Delayed', status('Delayed')],
    ['InProgress', status('InProgress')],
    ['Pending', status('Pending')],
  ])('waits while a command is %s', async (_, waiting) => {
    const h = await harness();
    h.ssm.script = [
      [waiting, waiting, waiting, said(UNIT('ended', { rc: 0 }))],
      [said(TRAILER(true))],
    ];
    await h.call();
    expect(h.ssm.kinds).toEqual(['start', 'look']);
  });

  it.each([
    ['DeliveryTimedOut', status('TimedOut', 'DeliveryTimedOut')],
    ['Undeliverable', status('Failed', 'Undeliverable')],
    ['ExecutionTimedOut', status('TimedOut', 'ExecutionTimedOut')],
    ['Cancelled by somebody', status('Cancelled')],
    ['Terminated', status('Failed', 'Terminated')],
    ['without our line', said('something else')],
    ['with a broken line', said('RUNBOOK-STATE {"state":')],
  ])('sends a command that ended %s again', async (_, end) => {
    const h = await harness();
    h.ssm.script = [[end], [said(UNIT('ended', { rc: 0 }))], [said(TRAILER(true))]];
    await expect(h.call()).resolves.toMatchObject({ status: 'done' });
    expect(h.ssm.kinds).toEqual(['start', 'start', 'look']);
  });

  it.each([
    ['says nothing', () => [[status('TimedOut', 'DeliveryTimedOut')]], []],
    [
      'is not connected',
      () => [],
      Array.from({ length: 100 }, () => serviceError('InvalidInstanceId', 'not in a valid state')),
    ],
  ])(
    'an agent that %s for ten minutes stops the run, and nothing is decided',
    async (_, script, errors) => {
      const h = await harness();
      h.ssm.script = Array.from({ length: 100 }, () => script()[0] ?? [status('Pending')]);
      h.ssm.sendErrors = errors;
      await expect(h.call()).rejects.toMatchObject({ name: 'HostUnreachableError' });
      expect((await h.attempt())!.state).toBe('wanted');
    },
  );

  it.each([
    [
      'ended with another status',
      UNIT('ended', { rc: 1, tail: 'resolver error' }),
      /status 1: resolver error/,
    ],
    ['was ended from outside', UNIT('lost', { tail: 'Building' }), /ended from outside/],
    ['is unknown to the host', UNIT('absent'), /the host knows nothing of it/],
    ['did not come up', UNIT('made', { seconds: 61 }), /did not come up in 60 s/],
    ['was overtaken', UNIT('superseded'), /a later attempt/],
  ])('a unit that %s fails the attempt, and a redrive begins the next', async (_, output, why) => {
    const h = await harness();
    h.ssm.script = [[said(output)], [said(UNIT('ended', { rc: 0 }))], [said(TRAILER(true))]];
    await expect(h.call()).rejects.toThrow(why);
    expect((await h.attempt())!.state).toBe('failed');
    h.redriveCount = 1;
    await expect(h.call()).resolves.toMatchObject({ status: 'done' });
    expect(await h.attempt()).toMatchObject({
      number: 2,
      unit: `${h.run.runId}-build-2`,
      state: 'done',
    });
  });

  it.each([
    [
      'finds a problem',
      TRAILER(false, { problem: 'image x is old' }),
      /inspect-build-images after .*: image x is old/,
    ],
    [
      'breaks',
      UNIT('looked', { rc: 2, tail: 'no such file' }),
      /the inspection ended with status 2: no such file/,
    ],
  ])('an inspection that %s fails the attempt in spite of exit 0', async (_, output, why) => {
    const h = await harness();
    h.ssm.script = [[said(UNIT('ended', { rc: 0 }))], [said(output)]];
    await expect(h.call()).rejects.toThrow(why);
    expect((await h.attempt())!.state).toBe('failed');
    expect(await h.memory.get(runKey(h.run.runId, 'check#host-build'))).toMatchObject({
      ok: false,
    });
  });

  it('leaves with running before its time is over', async () => {
    const h = await harness();
    h.ssm.script = Array.from({ length: 200 }, () => [said(UNIT('running', { seconds: 1_000 }))]);
    await expect(h.call()).resolves.toEqual({ status: 'running', trailer: null });
    // A command for each half minute, not for each round.
    expect(h.ssm.sent.length).toBeLessThan(30);
  });

  it('commands are small, and none has what Run Command would fill in', async () => {
    const h = await harness();
    h.ssm.script = [
      [said(UNIT('running'))],
      [said(UNIT('ended', { rc: 0 }))],
      [said(TRAILER(true))],
    ];
    await h.call();
    for (const { text, deliverySeconds, comment } of h.ssm.sent) {
      expect(text).not.toMatch(/\{\{/);
      expect(text.length).toBeLessThan(24_000);
      expect(deliverySeconds).toBeGreaterThanOrEqual(30);
      expect(comment.length).toBeLessThanOrEqual(100);
    }
  });

  it('a look alone is made anew by each call', async () => {
    const h = await harness();
    const look = { script: null, inspect: 'aspects/discover', environment: { MODE: 'local' } };
    h.ssm.script = [[said(TRAILER(true, { n: 1 }))], [said(TRAILER(true, { n: 2 }))]];
    await expect(h.call(look)).resolves.toMatchObject({ trailer: { n: 1 } });
    await expect(h.call(look)).resolves.toMatchObject({ trailer: { n: 2 } });
    expect(h.ssm.kinds).toEqual(['look', 'look']);
  });

  it('items have units and items in the ledger of their own', async () => {
    const h = await harness();
    h.ssm.script = [[said(UNIT('ended', { rc: 0 }))], [said(TRAILER(true))]];
    await h.call({ item: { map: 'hops', key: '2.4.0' } });
    expect(h.ssm.sent[0]!.text).toContain(`UNIT='${h.run.runId}-build-2.4.0-1'`);
    expect(await h.attempt()).toBeUndefined();
  });

  it.each([
    ['a line break', { COMMAND: 'run\nrm -rf /' }],
    ['braces', { COMMAND: 'run {a}' }],
    ['a name that is none', { 'PATH=x;': 'a' }],
  ])('refuses %s in a variable before anything is sent', async (_, environment) => {
    const h = await harness();
    await expect(h.call({ environment })).rejects.toMatchObject({ name: 'HostCommandFailedError' });
    expect(h.ssm.sent).toEqual([]);
  });

  it('quotes what could end a word', async () => {
    const h = await harness();
    h.ssm.script = [[said(UNIT('ended', { rc: 0 }))], [said(TRAILER(true))]];
    await h.call({ environment: { NAME: "it's $(here) `x`" } });
    expect(h.ssm.sent[0]!.text).toContain("export NAME='it'\\''s $(here) `x`'");
  });

  it('refuses a released run, and works for one where it is said', async () => {
    const h = await harness();
    await h.memory.put(runKey(h.run.runId), { ...h.run, status: 'released' });
    await expect(h.call()).rejects.toMatchObject({ name: 'RunReleasedError' });
    h.ssm.script = [[said(UNIT('ended', { rc: 0 }))], [said(TRAILER(true))]];
    await expect(h.call({ released: true })).resolves.toMatchObject({ status: 'done' });
  });
});
