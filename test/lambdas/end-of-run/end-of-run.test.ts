// How runs end: closed by their own machine, settled after a stop, or given up.

import { endRun } from '../../../lambdas/close-run/core';
import { releaseRun } from '../../../lambdas/release-run/core';
import { settleClosedRun } from '../../../lambdas/settle-closed-run/core';
import { rememberExecution } from '../../../lambdas/shared/execution-index';
import { leaseKey, runKey } from '../../../lambdas/shared/ledger';
import { ownRun, type RunItem } from '../../../lambdas/shared/runs';
import type { SettleDeps, Settled } from '../../../lambdas/shared/settle';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import {
  callerOf,
  executionArn,
  FakeStepFunctions,
  FakeStore,
  openedRun,
  serviceError,
} from '../../support/runs';

let db: Awaited<ReturnType<typeof startLedger>>;
let sfn: FakeStepFunctions;
let files: FakeStore;
let run: RunItem;
/** What stopping a step found, by the start of its sort key; `nothing` by default. */
let found: Record<string, Settled | Error>;
let stopped: string[];

beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
beforeEach(async () => {
  sfn = new FakeStepFunctions();
  files = new FakeStore();
  run = await openedRun(db.ledger);
  found = {};
  stopped = [];
  readings = async () => {};
});

/** What happens when readings are stopped. */
let readings: () => Promise<void>;

const stop: SettleDeps['stop'] = async (_, sk, mayAct) => {
  if (!(await mayAct())) return 'lost';
  stopped.push(sk);
  const end = found[sk] ?? 'nothing';
  if (end instanceof Error) throw end;
  return end;
};

const deps = () => ({
  ledger: db.ledger,
  sfn: sfn.client,
  clock: new FakeClock(),
  store: files.store,
  cloudFormation: () => {
    throw new Error('there is no change set');
  },
  kinds: {} as never,
  stop,
  stopReadings: async () => {
    stopped.push('readings');
    await readings();
  },
});

const runNow = () => db.ledger.get<RunItem>(runKey(run.runId));
const lease = () => db.ledger.get(leaseKey(run.leases[0]!));
const addSteps = async (...steps: string[]) => {
  for (const sk of steps) await db.ledger.put(runKey(run.runId, sk), { generation: 1 });
};

describe('closing', () => {
  const close = (dryRun = false) => endRun({ ...callerOf(run), dryRun }, deps());

  it('writes the report, marks the run succeeded and frees its leases; twice does once', async () => {
    await db.ledger.put(runKey(run.runId, 'note#x#y'), { text: 'look at the dashboards' });
    const result = { runId: run.runId, status: 'succeeded', notes: ['look at the dashboards'] };
    expect(await close()).toEqual(result);
    expect(await close()).toEqual(result);
    expect(await runNow()).toMatchObject({ status: 'succeeded', endedAt: expect.any(String) });
    expect(await lease()).toBeUndefined();
    expect(Object.keys(files.files).sort()).toEqual(
      ['html', 'json', 'md'].map((form) => `${run.runId}/report.${form}`),
    );
    expect(JSON.parse(files.files[`${run.runId}/report.json`]!).run.status).toBe('succeeded');
  });

  it('leaves a lease that another run has taken since', async () => {
    await db.ledger.put(leaseKey(run.leases[0]!), { runId: 'run-20260101-ffffffffff' });
    await close();
    expect(await lease()).toMatchObject({ runId: 'run-20260101-ffffffffff' });
  });

  it('keeps the run open when its report cannot be written', async () => {
    const store = async () => {
      throw serviceError('AccessDenied');
    };
    const closing = endRun({ ...callerOf(run), dryRun: false }, { ...deps(), store });
    await expect(closing).rejects.toThrow('AccessDenied');
    expect(await runNow()).toMatchObject({ status: 'open' });
    expect(await lease()).toBeDefined();
  });

  it('has nothing to close after a dry run', async () => {
    expect(await close(true)).toMatchObject({ status: 'dry run' });
    expect(files.files).toEqual({});
  });

  it('is refused to an execution that does not own the run any more', async () => {
    await db.ledger.put(runKey(run.runId), { ...run, executionArn: executionArn('other') });
    await expect(close()).rejects.toMatchObject({ name: 'RunTakenOverError' });
  });
});

describe('settling after a stop', () => {
  const event = (arn = run.executionArn) => ({
    detail: { executionArn: arn, stateMachineArn: 'arn', status: 'ABORTED', stopDate: 0 },
  });
  beforeEach(async () => {
    await rememberExecution(db.ledger, run.executionArn, run.runId);
    sfn.statuses[run.executionArn] = 'ABORTED';
  });

  it('stops every step of the run', async () => {
    await addSteps('progress#events#shop', 'progress#users#shop');
    found['progress#events#shop'] = 'stopped';
    expect(await settleClosedRun(event(), deps())).toEqual({
      'progress#events#shop': 'stopped',
      'progress#users#shop': 'nothing',
    });
  });

  it('acts only while the execution is still closed', async () => {
    await addSteps('progress#events#shop');
    sfn.statuses[run.executionArn] = 'RUNNING';
    expect(await settleClosedRun(event(), deps())).toEqual({ 'progress#events#shop': 'lost' });
    expect(stopped).toEqual(['readings']);
  });

  it('leaves alone what another execution has taken over', async () => {
    await addSteps('progress#events#shop');
    await db.ledger.put(runKey(run.runId), { ...run, executionArn: executionArn('other') });
    expect(await settleClosedRun(event(), deps())).toEqual({});
  });

  it('ends when the run is taken over meanwhile', async () => {
    await addSteps('progress#events#shop');
    const taken = { ...run, executionArn: executionArn('other') };
    const late: SettleDeps['stop'] = async (runId, sk, mayAct) => {
      await db.ledger.put(runKey(runId), taken);
      return stop(runId, sk, mayAct);
    };
    const ends = await settleClosedRun(event(), { ...deps(), stop: late });
    expect(ends).toEqual({ 'progress#events#shop': 'lost' });
  });

  it('has nothing to do for an execution that opened no run', async () => {
    expect(await settleClosedRun(event(executionArn('refused')), deps())).toEqual({});
  });

  it('stops the other steps when one cannot be stopped, and throws for the retry', async () => {
    await addSteps('progress#a#-', 'progress#b#-');
    found['progress#a#-'] = serviceError('ThrottlingException');
    await expect(settleClosedRun(event(), deps())).rejects.toThrow('ThrottlingException');
    expect(stopped).toEqual(['readings', 'progress#a#-', 'progress#b#-']);
  });

  it('stops the steps when readings cannot be stopped, and throws for the retry', async () => {
    await addSteps('progress#a#-');
    readings = () => Promise.reject(serviceError('ThrottlingException'));
    await expect(settleClosedRun(event(), deps())).rejects.toThrow('ThrottlingException');
    expect(stopped).toEqual(['readings', 'progress#a#-']);
  });
});

describe('releasing', () => {
  const release = (input: unknown = { run: run.runId }) =>
    releaseRun({ version: 1, selfArn: 'arn', input }, deps());
  beforeEach(() => {
    sfn.statuses[run.executionArn] = 'FAILED';
  });

  it('stops what runs, marks the run given up and frees its leases; twice does once', async () => {
    await addSteps('progress#events#shop');
    found['progress#events#shop'] = 'stopped';
    expect(await release()).toEqual({
      run: run.runId,
      status: 'released',
      freed: run.leases,
      stopped: ['progress#events#shop'],
      notes: [],
    });
    await release();
    expect(await runNow()).toMatchObject({ status: 'released' });
    expect(await lease()).toBeUndefined();
    expect(JSON.parse(files.files[`${run.runId}/report.json`]!).run.status).toBe('released');
  });

  it('makes a redrive of the run throw', async () => {
    await release();
    await expect(ownRun(db.ledger, callerOf(run))).rejects.toMatchObject({
      name: 'RunReleasedError',
    });
  });

  it('marks the run before it stops anything, so that no redrive begins in between', async () => {
    await addSteps('progress#events#shop');
    let statusThen: string | undefined;
    readings = async () => {
      statusThen = (await runNow())?.status;
    };
    await release();
    expect(statusThen).toBe('released');
  });

  it.each([
    ['runs on', 'running', 'StatementStillRunsError'],
    ['is in other hands', 'lost', 'TryAgainError'],
  ] as const)(
    'keeps the leases while a step %s, and goes on when redriven',
    async (_, end, name) => {
      await addSteps('progress#events#shop');
      found['progress#events#shop'] = end;
      await expect(release()).rejects.toMatchObject({ name });
      expect(await runNow()).toMatchObject({ status: 'released' });
      expect(await lease()).toBeDefined();
      found['progress#events#shop'] = 'stopped';
      await expect(release()).resolves.toMatchObject({ freed: run.leases });
      expect(await lease()).toBeUndefined();
    },
  );

  it('loses against a new execution that takes the run over meanwhile', async () => {
    const taken = { ...run, executionArn: executionArn('other') };
    const ledger = Object.assign(Object.create(db.ledger), {
      put: async (...args: Parameters<typeof db.ledger.put>) => {
        await db.ledger.put(runKey(run.runId), taken);
        return db.ledger.put(...args);
      },
    });
    const input = { run: run.runId };
    const losing = releaseRun({ version: 1, selfArn: 'arn', input }, { ...deps(), ledger });
    await expect(losing).rejects.toMatchObject({ name: 'TryAgainError' });
    expect(await runNow()).toMatchObject({ status: 'open', executionArn: taken.executionArn });
    expect(await lease()).toBeDefined();
    expect(stopped).toEqual([]);
  });

  it('stops what a redrive began meanwhile, and frees nothing until that has ended', async () => {
    await addSteps('progress#events#shop');
    await db.ledger.put(runKey(run.runId), { ...run, status: 'released' });
    sfn.statuses[run.executionArn] = 'RUNNING';
    await expect(release()).rejects.toMatchObject({ name: 'TryAgainError' });
    expect(stopped).toEqual(['readings', 'progress#events#shop']);
    expect(await lease()).toBeDefined();
    sfn.statuses[run.executionArn] = 'FAILED';
    await release();
    expect(await lease()).toBeUndefined();
  });

  it.each([
    ['an empty input', () => ({}), /run: is missing/],
    ['no id', () => ({ run: 'x' }), /must be the id of a run/],
    ['an unknown run', () => ({ run: 'run-20260101-ffffffffff' }), /the ledger knows no run/],
    ['an unknown member', () => ({ run: run.runId, force: true }), /unrecognized key/],
  ])('refuses %s', async (_, input, reason) => {
    const refused = release(input());
    await expect(refused).rejects.toMatchObject({ name: 'RefusedInputError' });
    await expect(refused).rejects.toThrow(reason);
  });

  it.each(['RUNNING', 'PENDING_REDRIVE'])('refuses a run whose execution is %s', async (status) => {
    sfn.statuses[run.executionArn] = status;
    await expect(release()).rejects.toThrow(
      `run ${run.runId} still runs in ${run.executionArn}: stop that execution first`,
    );
    expect(await lease()).toBeDefined();
  });

  it('refuses a run that has succeeded', async () => {
    await endRun({ ...callerOf(run), dryRun: false }, deps());
    await expect(release()).rejects.toThrow(/has succeeded, it holds nothing/);
  });

  it('gives up a run whose execution Step Functions has forgotten', async () => {
    sfn.fail.DescribeExecution = [serviceError('ExecutionDoesNotExist')];
    await expect(release()).resolves.toMatchObject({ status: 'released' });
  });
});
