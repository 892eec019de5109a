import { awaitLoads, type LoadsDeps } from '../../../lambdas/await-loads/core';
import { LEGACY_TABLES, NEW_TABLES } from '../../../lambdas/await-loads/sources';
import { type Ledger, runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeClock } from '../../support/fake-warehouse';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, executionArn, FakeStepFunctions, openedRun } from '../../support/runs';

const MACHINE = 'arn:aws:states:eu-west-1:000000000000:stateMachine:ClickstreamLoadDataWorkflowAbc';
const MINUTE = 60_000;

/** A pipeline whose jobs, loads and files follow a script by the clock. */
class Pipeline {
  readonly clock = new FakeClock();
  readonly sfn = new FakeStepFunctions();
  readonly startedAt = this.clock.now();
  /** Who is asked what, in order. */
  readonly asked: string[] = [];
  jobsUntil = 0;
  loadsUntil = 0;
  filesUntil: Record<string, number> = {};
  private invocations = 0;

  private constructor(
    readonly ledger: Ledger,
    readonly run: RunItem,
  ) {}

  static async open(): Promise<Pipeline> {
    const { ledger } = new MemoryLedger();
    return new Pipeline(ledger, await openedRun(ledger));
  }

  /** Minutes since the beginning. */
  get minutes(): number {
    return (this.clock.now() - this.startedAt) / MINUTE;
  }

  private get deps(): LoadsDeps {
    return {
      ledger: this.ledger,
      clock: this.clock,
      sfn: this.sfn.client,
      runningJobs: async (region, name) => {
        this.asked.push(`jobs ${region} ${name}`);
        return this.minutes < this.jobsUntil ? ['00abc/00run1'] : [];
      },
      runningLoads: async (region, machine) => {
        this.asked.push(`loads ${region} ${machine}`);
        return this.minutes < this.loadsUntil ? ['arn:aws:states:e:0:execution:load:one'] : [];
      },
      pendingFiles: async (region, table, of) => {
        this.asked.push(`files ${region} ${table} ${of}`);
        const left = Object.entries(this.filesUntil).filter(
          ([status, until]) => of.includes(status.split('#')[0]!) && this.minutes < until,
        );
        return Object.fromEntries(left.map(([status]) => [status, 3]));
      },
    };
  }

  wait(upgraded = false, remainingMs = 900_000) {
    this.invocations += 1;
    const end = this.clock.now() + remainingMs;
    const invocation = {
      requestId: `worker-${this.invocations}`,
      remainingMs: () => end - this.clock.now(),
    };
    const payload = {
      ...callerOf(this.run),
      step: upgraded ? 'loadsAfter' : 'loadsBefore',
      region: 'eu-west-1',
      emrApplicationName: 'Clickstream-shop',
      loadMachine: MACHINE,
      loadFiles: 'Clickstream-DataModelingRedshift-FileStatus',
      upgraded,
    };
    return awaitLoads(payload, this.deps, invocation);
  }

  get<T extends object>(sk: string): Promise<T | undefined> {
    return this.ledger.get<T>(runKey(this.run.runId, sk));
  }
}

const DONE = { status: 'done', waitsFor: 'nothing' };

describe('await-loads', () => {
  it('a pipeline at rest is watched for two minutes, for files that come late', async () => {
    const p = await Pipeline.open();
    await expect(p.wait()).resolves.toEqual(DONE);
    expect(p.minutes).toBeGreaterThanOrEqual(2);
    expect(p.minutes).toBeLessThan(2.2);
    expect(await p.get('note#loadsBefore')).toBeUndefined();
    expect(await p.get('check#loadsBefore')).toMatchObject({
      name: "loads are through before the pipeline's upgrade",
      ok: true,
    });
  });

  it('trap 28: remembering the EMR application id across the upgrade: asks for every application of the name, in the pipeline’s region', async () => {
    const p = await Pipeline.open();
    await p.wait();
    expect(p.asked.slice(0, 3)).toEqual([
      'jobs eu-west-1 Clickstream-shop',
      `loads eu-west-1 ${MACHINE}`,
      `files eu-west-1 Clickstream-DataModelingRedshift-FileStatus ${[...LEGACY_TABLES, ...NEW_TABLES]}`,
    ]);
  });

  it('trap 29: cancelling EMR jobs to get ahead: waits for a running job, turn after turn, and says for which', async () => {
    const p = await Pipeline.open();
    p.jobsUntil = 20;
    await expect(p.wait()).resolves.toEqual({
      status: 'running',
      waitsFor: 'Waits for 1 job run(s) of Clickstream-shop: 00abc/00run1',
    });
    expect(await p.get('note#loadsBefore')).toMatchObject({
      text: 'Waits for 1 job run(s) of Clickstream-shop: 00abc/00run1',
    });
    await expect(p.wait()).resolves.toEqual(DONE);
    expect(p.minutes).toBeGreaterThanOrEqual(22);
  });

  it('waits for a load that runs, by its name', async () => {
    const p = await Pipeline.open();
    p.loadsUntil = 20;
    const { waitsFor } = await p.wait();
    expect(waitsFor).toBe('Waits for 1 execution(s) of the load workflow: one');
  });

  it.each(
    [...LEGACY_TABLES, ...NEW_TABLES].flatMap((t) => [
      `${t}#NEW`,
      `${t}#ENQUEUE`,
      `${t}#PROCESSING`,
    ]),
  )('trap 30: forgetting legacy load records: waits while %s is recorded', async (status) => {
    const p = await Pipeline.open();
    p.filesUntil = { [status]: 10 };
    await expect(p.wait()).resolves.toEqual(DONE);
    expect(p.minutes).toBeGreaterThanOrEqual(12);
  });

  it('a file that is recorded late begins the two minutes anew', async () => {
    const p = await Pipeline.open();
    await p.wait(false, 3 * MINUTE + 5_000);
    const before = p.minutes;
    p.filesUntil = { 'event#NEW': before + 1 };
    await expect(p.wait()).resolves.toEqual(DONE);
    expect(p.minutes).toBeGreaterThanOrEqual(before + 3);
  });

  it('two minutes of rest may lie in two turns, but nobody knows what was in a longer pause', async () => {
    const p = await Pipeline.open();
    await expect(p.wait(false, 3 * MINUTE)).resolves.toMatchObject({ status: 'running' });
    const first = p.minutes;
    await expect(p.wait()).resolves.toEqual(DONE);
    expect(p.minutes).toBeLessThan(2.3);
    const q = await Pipeline.open();
    await q.wait(false, 3 * MINUTE);
    q.clock.pass(10 * MINUTE);
    await q.wait();
    expect(q.minutes).toBeGreaterThanOrEqual(first + 12);
  });

  it('files that nothing loads for 15 minutes are one clear error, and a redrive watches as long again', async () => {
    const p = await Pipeline.open();
    p.filesUntil = { 'event#NEW': 40, 'item#PROCESSING': 40 };
    await expect(p.wait()).resolves.toMatchObject({ status: 'running' });
    await expect(p.wait()).rejects.toMatchObject({
      name: 'StuckLoadsError',
      message:
        'nothing has loaded the recorded files for 15 minutes, and no job runs: 3 event#NEW, 3 item#PROCESSING in table Clickstream-DataModelingRedshift-FileStatus. ' +
        `Start an execution of ${MACHINE} by hand with the input {} (that is safe: it loads what is recorded, and ends at once beside another), then redrive`,
    });
    expect(Math.floor(p.minutes)).toBe(15);
    expect(await p.get('note#loadsBefore')).toMatchObject({
      text: 'Waited for files to be loaded: 3 event#NEW, 3 item#PROCESSING',
    });
    const redriven = p.minutes;
    await expect(p.wait()).resolves.toMatchObject({ status: 'running' });
    expect(p.minutes - redriven).toBeGreaterThanOrEqual(12);
  });

  it('files that a load or a job still works on are no error, however long it takes', async () => {
    const p = await Pipeline.open();
    p.filesUntil = { 'event#PROCESSING': 60 };
    p.loadsUntil = 60;
    for (let turn = 0; turn < 4; turn++)
      await expect(p.wait()).resolves.toMatchObject({ status: 'running' });
    expect(p.minutes).toBeGreaterThan(50);
    await expect(p.wait()).resolves.toEqual(DONE);
  });

  it('after the upgrade files of the old tables are not waited for; a note tells what is missing', async () => {
    const p = await Pipeline.open();
    p.filesUntil = { 'event#NEW': 1_000 };
    await expect(p.wait(true)).resolves.toEqual(DONE);
    expect(await p.get('note#orphans')).toEqual(
      expect.objectContaining({ text: expect.stringContaining('3 event#NEW in table') }),
    );
    const q = await Pipeline.open();
    await q.wait(true);
    expect(await q.get('note#orphans')).toBeUndefined();
  });

  it('a stopped execution and a run that was taken over are left alone', async () => {
    const p = await Pipeline.open();
    p.sfn.statuses[p.run.executionArn] = 'ABORTED';
    await expect(p.wait()).resolves.toEqual({ status: 'running', waitsFor: '' });
    expect(p.asked).toEqual([]);
    await p.ledger.put(runKey(p.run.runId), { ...p.run, executionArn: executionArn('newer') });
    await expect(p.wait()).rejects.toMatchObject({ name: 'RunTakenOverError' });
  });
});
