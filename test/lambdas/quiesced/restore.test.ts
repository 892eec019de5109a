import { runKey } from '../../../lambdas/shared/ledger';
import { holdsLeases } from '../../../lambdas/shared/runs';
import { MemoryLedger } from '../../support/memory-ledger';
import { MORE, QuietHarness, RULE, SYNC } from '../../support/quiet';
import { serviceError } from '../../support/runs';

/** A run that holds two rules and the capacity still. */
async function held() {
  const h = await new QuietHarness(new MemoryLedger().ledger).open();
  await h.quiesce([RULE]);
  h.clock.pass(1_000);
  await h.quiesce([SYNC]);
  h.clock.pass(1_000);
  await h.quiesce([MORE]);
  for (const { calls } of [h.rules, h.workgroup]) calls.length = 0;
  return h;
}

const now = (h: QuietHarness) => [...h.rules.states.values(), h.workgroup.baseCapacity];
const BEFORE = ['ENABLED', 'ENABLED', 64];

describe('restore-quiesced', () => {
  it('makes everything what it was, the latest first, and reads it back', async () => {
    const h = await held();
    const order: string[] = [];
    h.rules.before = (call) => order.push(call);
    h.workgroup.before = (call) => order.push(call);
    await expect(h.restore()).resolves.toEqual({ status: 'done' });
    expect(now(h)).toEqual(BEFORE);
    expect(order).toEqual(['UpdateWorkgroup', 'EnableRule', 'EnableRule']);
    expect(h.workgroup.modifying).toBe(0);
    expect((await h.item(RULE))!.restoredAt! > (await h.item(RULE))!.at).toBe(true);
    expect(await h.notes()).toEqual([]);
  });

  it('asked twice changes nothing more', async () => {
    const h = await held();
    await h.restore();
    h.rules.calls.length = 0;
    await expect(h.restore()).resolves.toEqual({ status: 'done' });
    expect(h.rules.calls).toEqual([]);
  });

  it('leaves as running while a workgroup changes and time is over', async () => {
    const h = await held();
    await expect(h.restore(130_000)).resolves.toEqual({ status: 'running' });
    await expect(h.restore()).resolves.toEqual({ status: 'done' });
    expect(now(h)).toEqual(BEFORE);
  });

  it('what the upgrade has enabled itself is given back without a call', async () => {
    const h = await held();
    h.rules.states.set('submitter', 'ENABLED').set('syncer', 'ENABLED');
    await h.restore();
    expect(h.rules.calls).not.toContain('EnableRule');
    expect(await h.notes()).toEqual([]);
  });

  it('a rule that no longer exists is a note and no error', async () => {
    const h = await held();
    h.rules.states.delete('submitter');
    await expect(h.restore()).resolves.toEqual({ status: 'done' });
    expect(now(h)).toEqual(['ENABLED', 64]);
    expect(await h.notes()).toEqual([
      'rule submitter in eu-west-1 does not exist any more: there was nothing to give back',
    ]);
    expect(await h.item(RULE)).toMatchObject({ gone: true });
    expect(await h.get('check#quiesced#rule#submitter')).toBeUndefined();
  });

  it('a workgroup that is being deleted is gone', async () => {
    const h = await held();
    h.workgroup.exists = false;
    await h.restore();
    expect(await h.item(MORE)).toMatchObject({ gone: true });
  });

  it('a capacity that somebody changed meanwhile becomes exactly what it was, and a note says so', async () => {
    const h = await held();
    h.workgroup.baseCapacity = 512;
    await h.restore();
    expect(h.workgroup.baseCapacity).toBe(64);
    expect(await h.notes()).toEqual([
      'capacity shop in eu-west-1 was 512 at the end and not 128, which this run had made it: it is set to 64 as before the run',
    ]);
  });

  it('one that cannot be given back keeps no other from it, and a redrive tries that one again', async () => {
    const h = await held();
    h.workgroup.fail.UpdateWorkgroup = [serviceError('AccessDeniedException', 'no right')];
    await expect(h.restore()).rejects.toMatchObject({
      name: 'QuiesceError',
      message:
        'capacity shop in eu-west-1 is not yet 64 as before the run: no right. Repair that, then redrive: what is not given back yet is tried again',
    });
    expect(now(h)).toEqual(['ENABLED', 'ENABLED', 128]);
    await expect(h.restore()).resolves.toEqual({ status: 'done' });
    expect(now(h)).toEqual(BEFORE);
  });
});

describe('giving up a run that holds things still', () => {
  it('gives them back before its leases are free, and waits until they are', async () => {
    const h = await held();
    const leases: unknown[] = [];
    h.rules.before = () =>
      leases.push(h.ledger.get({ pk: `lease#${h.run.leases[0]}`, sk: 'lease' }));
    await expect(h.release()).resolves.toMatchObject({ status: 'released', notes: [] });
    expect(now(h)).toEqual(BEFORE);
    expect(h.workgroup.modifying).toBe(0);
    expect(await Promise.all(leases)).toEqual(
      Array(2).fill(expect.objectContaining({ runId: h.run.runId })),
    );
  });

  it('a failed run keeps what it quiesced until somebody ends it', async () => {
    const h = await held();
    h.sfn.statuses[h.run.executionArn] = 'FAILED';
    await expect(h.restore()).resolves.toEqual({ status: 'running' });
    expect(now(h)).toEqual(['DISABLED', 'DISABLED', 128]);
  });

  it('what cannot be given back fails the release, which keeps the leases and can be redriven', async () => {
    const h = await held();
    const denied = serviceError('AccessDeniedException', 'no right to enable it');
    h.rules.fail.EnableRule = Array(100).fill(denied);
    const left = (name: string) =>
      `rule ${name} in eu-west-1 is not yet "ENABLED" as before the run: no right to enable it`;
    await expect(h.release()).rejects.toMatchObject({
      name: 'QuiesceError',
      message: `${left('syncer')}; ${left('submitter')}. Run ${h.run.runId} is given up but keeps its leases until that is as it was: repair the cause or set it by hand, then redrive this execution`,
    });
    expect((await h.notes()).sort()).toEqual(['submitter', 'syncer'].map(left));
    await expect(holdsLeases(h.ledger, h.run)).resolves.toBe(true);
    expect(h.workgroup.baseCapacity).toBe(64);
    h.rules.fail.EnableRule = [];
    await expect(h.release()).resolves.toMatchObject({ notes: [], freed: h.run.leases });
    expect(now(h)).toEqual(BEFORE);
    expect(await h.notes()).toEqual([]);
    await expect(holdsLeases(h.ledger, h.run)).resolves.toBe(false);
  });

  it('what somebody sets by hand meanwhile is enough for the redrive', async () => {
    const h = await held();
    const denied = serviceError('AccessDeniedException', 'no right to enable it');
    h.rules.fail.EnableRule = Array(1_000).fill(denied);
    await expect(h.release()).rejects.toThrow(/is not yet/);
    h.rules.states.set('submitter', 'ENABLED').set('syncer', 'ENABLED');
    await expect(h.release()).resolves.toMatchObject({ freed: h.run.leases });
  });

  it('what is refused for less than a minute is given back without a note', async () => {
    const h = await held();
    h.rules.fail.EnableRule = Array(20).fill(serviceError('AccessDeniedException', 'not yet'));
    await expect(h.release()).resolves.toMatchObject({ notes: [] });
    expect(now(h)).toEqual(BEFORE);
  });

  it('a workgroup that does not come to rest within ten minutes fails the release', async () => {
    const h = await held();
    h.workgroup.modifying = Number.POSITIVE_INFINITY;
    const startedAt = h.clock.now();
    await expect(h.release()).rejects.toThrow(/capacity shop .*it is still being changed\. Run/);
    expect(h.clock.now() - startedAt).toBeLessThanOrEqual(600_000);
    await expect(holdsLeases(h.ledger, h.run)).resolves.toBe(true);
  });

  it('a worker of the run that still lives loses its token', async () => {
    const h = await held();
    await h.release();
    const token = await h.get<{ worker: string }>('worker#quiesced#-');
    expect(token!.worker).toMatch(/^release-/);
  });

  it('asks somebody else who gives things back to finish', async () => {
    const h = await held();
    h.workgroup.before = () => {
      void h.ledger.put(runKey(h.run.runId, 'worker#quiesced#-'), { generation: 99, worker: 'x' });
    };
    await expect(h.release()).rejects.toMatchObject({ name: 'TryAgainError' });
  });

  it('a run that holds nothing still asks no service', async () => {
    const h = await new QuietHarness(new MemoryLedger().ledger).open();
    await expect(h.release()).resolves.toMatchObject({ notes: [] });
    expect(h.regions).toEqual([]);
  });
});
