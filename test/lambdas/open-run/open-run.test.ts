import { openRun, runIdOf } from '../../../lambdas/open-run/core';
import type { OpenRunPayload } from '../../../lambdas/open-run/payload';
import { runOfExecution } from '../../../lambdas/shared/execution-index';
import { leaseKey, runKey } from '../../../lambdas/shared/ledger';
import { closeRun, type LeaseItem, markEnded, type RunItem } from '../../../lambdas/shared/runs';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import { executionArn, FakeStepFunctions, TARGET } from '../../support/runs';

let db: Awaited<ReturnType<typeof startLedger>>;
let sfn: FakeStepFunctions;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
beforeEach(() => {
  sfn = new FakeStepFunctions();
});

let project = 0;
/** Each test has a project of its own, and so leases of its own. */
const newTarget = () => {
  project += 1;
  return { ...TARGET, projectId: `p${project}` };
};

const START = '2026-01-31T08:00:00.123Z';
const INPUT = { appIds: ['shop', 'order'], migration: { days: 30 } };

const payload = (name: string, target: typeof TARGET, input: unknown = INPUT): OpenRunPayload => ({
  version: 1,
  rootArn: executionArn(name),
  selfArn: executionArn(name),
  redriveCount: 0,
  machine: 'clickstream-data-migration',
  schema: 'clickstream-data-migration',
  target,
  input,
  startTime: START,
});

const open = (request: OpenRunPayload) =>
  openRun(request, { ledger: db.ledger, sfn: sfn.client, clock: new FakeClock() });

const lease = (target: typeof TARGET, app: string) =>
  db.ledger.get<LeaseItem>(leaseKey(`clickstream.${target.projectId}.${app}`));

describe('a new run', () => {
  it('has an id that says its day and follows from its execution', () => {
    const id = runIdOf(executionArn('a'), START);
    expect(id).toMatch(/^run-20260131-[0-9a-f]{10}$/);
    expect(runIdOf(executionArn('a'), START)).toBe(id);
    expect(runIdOf(executionArn('b'), START)).not.toBe(id);
    expect(runIdOf(executionArn('a'), '2026-05-31T08:00:00.123Z')).not.toBe(id);
  });

  it('is written once, holds its leases and is found by its execution, however often it is asked for', async () => {
    const target = newTarget();
    const request = payload('new', target);
    const first = await open(request);
    const second = await open({ ...request, redriveCount: 1 });
    expect(second).toEqual(first);
    expect(first.run).toEqual({ id: runIdOf(request.rootArn, START), arn: request.rootArn });
    expect(await runOfExecution(db.ledger, request.rootArn)).toBe(first.run.id);
    const run = await db.ledger.get<RunItem>(runKey(first.run.id));
    expect(run).toMatchObject({
      status: 'open',
      executionArn: request.rootArn,
      input: first.input,
    });
    expect(await lease(target, 'shop')).toMatchObject({ runId: first.run.id });
    expect(await lease(target, 'order')).toMatchObject({ runId: first.run.id });
  });

  it('refuses bad input before anything is written', async () => {
    const target = newTarget();
    const request = payload('bad', target, {});
    await expect(open(request)).rejects.toMatchObject({ name: 'RefusedInputError' });
    expect(await runOfExecution(db.ledger, request.rootArn)).toBeUndefined();
  });

  it('writes nothing and takes no lease when it is a dry run', async () => {
    const target = newTarget();
    const { run, input } = await open(payload('dry', target, { ...INPUT, dryRun: true }));
    expect(input.dryRun).toBe(true);
    expect(await db.ledger.get(runKey(run.id))).toBeUndefined();
    expect(await lease(target, 'shop')).toBeUndefined();
  });

  it('trap 11: two executions for one app: waits for nobody, a held lease names its holder and what to do, and none is kept', async () => {
    const target = newTarget();
    const holder = await open(payload('holder', target, { ...INPUT, appIds: ['shop'] }));
    const refused = open(payload('late', target));
    await expect(refused).rejects.toMatchObject({ name: 'LeaseHeldError' });
    await expect(refused).rejects.toThrow(holder.run.id);
    await expect(refused).rejects.toThrow(executionArn('holder'));
    await expect(refused).rejects.toThrow(
      /redrive it, continue it with "continueRun", or give it up/,
    );
    expect(await lease(target, 'order')).toBeUndefined();
  });

  it('a lease that a release holds again while it clears up is told from that of a run', async () => {
    const target = newTarget();
    const { run } = await open(payload('given-up', target));
    const item = (await db.ledger.get<RunItem>(runKey(run.id)))!;
    await db.ledger.put(runKey(run.id), { ...item, status: 'released' });
    await expect(open(payload('next', target))).rejects.toThrow(
      /its release still clears up: let the release end, or redrive it where it failed; then redrive this one/,
    );
  });

  it('gets its leases on redrive once they are free', async () => {
    const target = newTarget();
    const holder = await open(payload('first', target));
    const late = payload('second', target);
    await expect(open(late)).rejects.toMatchObject({ name: 'LeaseHeldError' });
    const held = (await db.ledger.get<RunItem>(runKey(holder.run.id)))!;
    await closeRun(db.ledger, held, START);
    const { run } = await open({ ...late, redriveCount: 1 });
    expect(await lease(target, 'order')).toMatchObject({ runId: run.id });
  });
});

describe('a run that is continued', () => {
  const closed = async (target: typeof TARGET, name = 'old') => {
    const { run } = await open(payload(name, target));
    sfn.statuses[executionArn(name)] = 'FAILED';
    return run.id;
  };

  it('goes on under the new execution with its own id, input and leases', async () => {
    const target = newTarget();
    const id = await closed(target);
    const request = payload('new', target, { continueRun: id });
    const first = await open(request);
    expect(first.run).toEqual({ id, arn: request.rootArn });
    expect(first.input).toMatchObject({ appIds: ['shop', 'order'], migration: { days: 30 } });
    expect(await open(request)).toEqual(first);
    expect(await db.ledger.get(runKey(id))).toMatchObject({
      executionArn: request.rootArn,
      earlierArns: [executionArn('old')],
    });
    expect(await lease(target, 'shop')).toMatchObject({ runId: id, executionArn: request.rootArn });
    expect(await runOfExecution(db.ledger, request.rootArn)).toBe(id);
  });

  it('is not opened again by a redrive of its old execution, which names the new one', async () => {
    const target = newTarget();
    const id = await closed(target, 'o1');
    await open(payload('n1', target, { continueRun: id }));
    const redrive = open({ ...payload('o1', target), redriveCount: 1 });
    await expect(redrive).rejects.toMatchObject({ name: 'RunTakenOverError' });
    await expect(redrive).rejects.toThrow(executionArn('n1'));
  });

  it('goes from hand to hand, and each earlier one learns who has it', async () => {
    const target = newTarget();
    const id = await closed(target, 'a');
    await open(payload('b', target, { continueRun: id }));
    sfn.statuses[executionArn('b')] = 'ABORTED';
    await open(payload('c', target, { continueRun: id }));
    await expect(open(payload('b', target, { continueRun: id }))).rejects.toThrow(
      executionArn('c'),
    );
    const run = await db.ledger.get<RunItem>(runKey(id));
    expect(run?.earlierArns).toEqual([executionArn('a'), executionArn('b')]);
  });

  it.each([
    ['the same members', { ...INPUT }],
    ['some of the same members', { migration: { days: 30 } }],
  ])('takes an input with %s', async (_, rest) => {
    const target = newTarget();
    const id = await closed(target, `same-${target.projectId}`);
    const { run } = await open(
      payload(`next-${target.projectId}`, target, { ...rest, continueRun: id }),
    );
    expect(run.id).toBe(id);
  });

  it('is refused when other members differ, with what it began with', async () => {
    const target = newTarget();
    const id = await closed(target, 'd1');
    const input = { continueRun: id, migration: { days: 31 } };
    await expect(open(payload('d2', target, input))).rejects.toThrow(
      /migration: run \S+ began with \{"days":30,.*leave it out or give the same/,
    );
  });

  it('is refused while its execution runs', async () => {
    const target = newTarget();
    const { run } = await open(payload('r1', target));
    await expect(open(payload('r2', target, { continueRun: run.id }))).rejects.toThrow(
      `continueRun: ${executionArn('r1')} is RUNNING; stop it first, or watch it`,
    );
  });

  it.each(['succeeded', 'released'] as const)('is refused when it has %s', async (status) => {
    const target = newTarget();
    const id = await closed(target, `e-${status}`);
    await markEnded(db.ledger, (await db.ledger.get<RunItem>(runKey(id)))!, status, START);
    await expect(open(payload(`f-${status}`, target, { continueRun: id }))).rejects.toThrow(
      `run ${id} is ${status}, there is nothing to continue`,
    );
  });

  it('is refused when nobody knows it, or when it is another machine’s', async () => {
    const target = newTarget();
    const unknown = payload('u', target, { ...INPUT, continueRun: 'run-20260101-ffffffffff' });
    await expect(open(unknown)).rejects.toThrow(/the ledger knows no run run-20260101-ffffffffff/);
    const id = await closed(target, 'm');
    const other = { ...payload('m2', target, { continueRun: id }), machine: 'clickstream-x' };
    await expect(open(other)).rejects.toThrow(/belongs to machine clickstream-data-migration/);
  });
});

describe('a run of rdw that was given up', () => {
  const target = { tenants: [{ id: 'CA' }, { id: 'PA' }] };
  const request = (name: string, input: unknown): OpenRunPayload => ({
    ...payload(name, target as never, input),
    machine: 'rdw-backfill',
    schema: 'rdw-backfill',
  });
  const givenUp = async (name: string) => {
    const { run } = await open(request(name, { tenants: ['CA', 'PA'], sliceDays: 7 }));
    sfn.statuses[executionArn(name)] = 'FAILED';
    const item = (await db.ledger.get<RunItem>(runKey(run.id)))!;
    await closeRun(db.ledger, item, START);
    await db.ledger.put(runKey(run.id), { ...item, status: 'released', endedAt: START });
    return run.id;
  };

  it('is continued by a new run with the same input, which names it and takes the leases', async () => {
    const old = await givenUp('x1');
    const next = request('y1', { continueRun: old });
    const first = await open(next);
    expect(first.run.id).toBe(runIdOf(executionArn('y1'), START));
    expect(first.input).toMatchObject({ tenants: ['CA', 'PA'], sliceDays: 7 });
    expect(await open({ ...next, redriveCount: 1 })).toEqual(first);
    expect(await db.ledger.get(runKey(first.run.id))).toMatchObject({
      status: 'open',
      continues: old,
      executionArn: executionArn('y1'),
      earlierArns: [],
    });
    expect(await db.ledger.get(runKey(old))).toMatchObject({ status: 'released' });
    const lease = await db.ledger.get<LeaseItem>(leaseKey('rdw.-deployment'));
    expect(lease).toMatchObject({ runId: first.run.id });
    await closeRun(db.ledger, (await db.ledger.get<RunItem>(runKey(first.run.id)))!, START);
  });

  it('asks for that when its own execution is redriven', async () => {
    const old = await givenUp('x2');
    const redrive = open({ ...request('x2', { tenants: ['CA', 'PA'] }), redriveCount: 1 });
    await expect(redrive).rejects.toMatchObject({ name: 'RunReleasedError' });
    await expect(redrive).rejects.toThrow(
      `start a new execution with "continueRun": "${old}". It begins anew, and leaves out what is done`,
    );
  });

  it('is not begun anew by the redrive of an execution that had taken it over', async () => {
    const { run } = await open(request('x3', { tenants: ['CA'] }));
    sfn.statuses[executionArn('x3')] = 'FAILED';
    const next = request('y3', { continueRun: run.id });
    await open(next);
    const item = (await db.ledger.get<RunItem>(runKey(run.id)))!;
    await closeRun(db.ledger, item, START);
    await db.ledger.put(runKey(run.id), { ...item, status: 'released', endedAt: START });
    await expect(open({ ...next, redriveCount: 1 })).rejects.toMatchObject({
      name: 'RunReleasedError',
    });
  });

  it('is refused with other members than it began with', async () => {
    const old = await givenUp('x4');
    await expect(open(request('y4', { continueRun: old, sliceDays: 30 }))).rejects.toThrow(
      /sliceDays: run \S+ began with 7; leave it out or give the same/,
    );
  });
});

describe('a copy that was left alone for long', () => {
  const table = 'courseware_studentmodulehistory';
  const request = (name: string, input: unknown): OpenRunPayload => ({
    ...payload(
      name,
      {
        source: { database: 'edxapp', table },
        target: { database: `csmh_${name.slice(1)}`, table: 'new' },
      } as never,
      input,
    ),
    machine: 'student-module-history-migration',
    schema: 'student-module-history-migration',
  });
  const failed = async (name: string) => {
    const { run } = await open(request(name, { table, niceRatio: 0.5, workers: 2 }));
    sfn.statuses[executionArn(name)] = 'FAILED';
    return run.id;
  };

  it('is continued by an execution that confirms the old checkpoint and says how the rest is done', async () => {
    const old = await failed('a1');
    const given = { continueRun: old, resumeStale: true, niceRatio: 3 };
    const { run, input } = await open(request('b1', given));
    expect(run.id).toBe(old);
    expect(input).toMatchObject({ ...given, table, workers: 2 });
  });

  it('is not continued by one that would do something else', async () => {
    const old = await failed('a2');
    await expect(open(request('b2', { continueRun: old, workers: 4 }))).rejects.toThrow(
      /workers: run \S+ began with 2; leave it out or give the same/,
    );
  });

  it('has to be confirmed by each execution again', async () => {
    const old = await failed('a3');
    await open(request('b3', { continueRun: old, resumeStale: true }));
    sfn.statuses[executionArn('b3')] = 'FAILED';
    const { input } = await open(request('c3', { continueRun: old }));
    expect(input).toMatchObject({ resumeStale: false });
  });
});
