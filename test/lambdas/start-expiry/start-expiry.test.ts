import { runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { startExpiry } from '../../../lambdas/start-expiry/core';
import { FakeClock } from '../../support/fake-warehouse';
import { everyChange, Interruption } from '../../support/interruptions';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, executionArn, openedRun, serviceError } from '../../support/runs';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:example-object-expiry';
const arnOf = (name: string) => `${MACHINE.replace('stateMachine', 'execution')}:${name}`;

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, string>;
}

/** Step Functions as far as names of executions go. */
class FakeMachine {
  readonly executions = new Map<string, { status: string; input: string }>();
  before: () => void = () => undefined;
  after: () => void = () => undefined;

  readonly client = {
    send: async ({ constructor: { name }, input }: Command) => {
      if (name === 'DescribeExecutionCommand') {
        return { status: this.executions.get(input.executionArn!)!.status };
      }
      this.before();
      const arn = arnOf(input.name!);
      const there = this.executions.get(arn);
      const same = there?.status === 'RUNNING' && there.input === input.input;
      if (there && !same) throw serviceError('ExecutionAlreadyExists');
      this.executions.set(arn, { status: 'RUNNING', input: input.input! });
      this.after();
      return { executionArn: arn };
    },
  } as never;
}

class Harness {
  readonly memory = new MemoryLedger();
  readonly clock = new FakeClock();
  readonly machine = new FakeMachine();
  run!: RunItem;

  async open(): Promise<this> {
    this.run = await openedRun(this.memory.ledger);
    return this;
  }

  get folders() {
    return [{ bucket: 'archive', folder: `pa/MigrateAdHoc/${this.run.runId}/PA` }];
  }

  start(keepDays = 7, folders = this.folders) {
    return startExpiry(
      { ...callerOf(this.run), machineArn: MACHINE, keepDays, folders },
      { ledger: this.memory.ledger, sfn: this.machine.client, now: this.clock.now },
    );
  }

  get names() {
    return [...this.machine.executions.keys()];
  }
}

const harness = () => new Harness().open();

describe('start-expiry', () => {
  it('W23 appoints the end of the objects in an execution that has the name of the run', async () => {
    const h = await harness();
    const { runId } = h.run;
    const at = '2026-01-08T00:00:00.000Z';
    await expect(h.start()).resolves.toEqual({ executionArn: arnOf(runId), at });
    const { input } = h.machine.executions.get(arnOf(runId))!;
    expect(JSON.parse(input)).toEqual({ run: runId, at, folders: h.folders });
    expect(await h.memory.get(runKey(runId, 'note#expiry'))).toMatchObject({
      text: `The run's objects in S3, with rows of students in them, are deleted at ${at} by ${arnOf(runId)}`,
    });
  });

  it('asked again later finds the same, at the same instant', async () => {
    const h = await harness();
    const first = await h.start();
    h.clock.pass(3_600_000);
    await expect(h.start()).resolves.toEqual(first);
    h.machine.executions.get(first.executionArn)!.status = 'SUCCEEDED';
    await expect(h.start()).resolves.toEqual(first);
    expect(h.names).toHaveLength(1);
  });

  it('finds one that was started with another input', async () => {
    const h = await harness();
    const first = await h.start();
    const more = [...h.folders, { bucket: 'archive', folder: `ts/${h.run.runId}/TS` }];
    await expect(h.start(7, more)).resolves.toEqual(first);
    expect(h.names).toHaveLength(1);
  });

  it.each(['FAILED', 'ABORTED', 'TIMED_OUT'])(
    'begins another in place of one that is %s',
    async (status) => {
      const h = await harness();
      const { executionArn: first } = await h.start();
      h.machine.executions.get(first)!.status = status;
      h.clock.pass(86_400_000);
      await expect(h.start()).resolves.toEqual({
        executionArn: arnOf(`${h.run.runId}-2`),
        at: '2026-01-09T00:00:00.000Z',
      });
    },
  );

  it('a death before or after any change leads to one execution', async () => {
    const whole = await harness();
    const changes = new Interruption().on(whole.memory, whole.machine);
    await whole.start();
    expect(changes.count).toBe(3);
    for (const [nth, place] of everyChange(changes.count)) {
      const h = await harness();
      new Interruption(nth, place).on(h.memory, h.machine);
      await expect(h.start()).rejects.toThrow(`${place} change ${nth}`);
      h.clock.pass(60_000);
      await h.start();
      expect([nth, place, h.names]).toEqual([nth, place, [arnOf(h.run.runId)]]);
    }
  });

  it('appoints it for a run that was given up behind its release, and for no other', async () => {
    const h = await harness();
    const { ledger } = h.memory;
    const released = () =>
      startExpiry(
        {
          ...callerOf(h.run),
          rootArn: 'arn:release',
          released: true,
          machineArn: MACHINE,
          keepDays: 0,
          folders: h.folders,
        },
        { ledger, sfn: h.machine.client, now: h.clock.now },
      );
    await expect(released()).rejects.toMatchObject({ name: 'RefusedInputError' });
    await ledger.put(runKey(h.run.runId), { ...h.run, status: 'released' });
    await expect(released()).resolves.toMatchObject({ at: '2026-01-01T00:00:00.000Z' });
    await expect(h.start()).rejects.toMatchObject({ name: 'RunReleasedError' });
  });

  it('refuses a folder that is not of the run, and starts nothing', async () => {
    const h = await harness();
    const foreign = [{ bucket: 'archive', folder: 'pa/MigrateAdHoc' }];
    await expect(h.start(7, foreign)).rejects.toMatchObject({ name: 'RefusedInputError' });
    expect(h.names).toEqual([]);
  });

  it('leaves a run that was taken over to its owner; other errors go on as they are', async () => {
    const h = await harness();
    h.machine.before = () => {
      throw serviceError('StateMachineDoesNotExist');
    };
    await expect(h.start()).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    const taken = { ...h.run, executionArn: executionArn('newer') };
    await h.memory.ledger.put(runKey(h.run.runId), taken);
    await expect(h.start()).rejects.toMatchObject({ name: 'RunTakenOverError' });
  });
});
