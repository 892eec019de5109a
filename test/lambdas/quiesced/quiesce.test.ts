import { runKey } from '../../../lambdas/shared/ledger';
import { recordBefore } from '../../../lambdas/shared/quiesced/record';
import { Token } from '../../../lambdas/shared/worker-token';
import { MemoryLedger } from '../../support/memory-ledger';
import { MORE, QuietHarness, REGION, RULE, SYNC } from '../../support/quiet';
import { executionArn, serviceError } from '../../support/runs';

const harness = () => new QuietHarness(new MemoryLedger().ledger).open();

describe('quiesce', () => {
  it('disables a rule and raises the capacity, after it has written down what they were', async () => {
    const h = await harness();
    const seen: unknown[] = [];
    h.rules.before = () => seen.push(h.item(RULE));
    h.workgroup.before = () => seen.push(h.item(MORE));
    await expect(h.quiesce()).resolves.toEqual({ status: 'done', things: 2 });
    expect(h.rules.states.get('submitter')).toBe('DISABLED');
    expect(h.rules.states.get('syncer')).toBe('ENABLED');
    expect(h.workgroup.baseCapacity).toBe(128);
    expect(await Promise.all(seen)).toEqual([
      expect.objectContaining({ before: 'ENABLED', during: 'DISABLED' }),
      expect.objectContaining({ before: 64, during: 128 }),
    ]);
    expect(new Set(h.regions)).toEqual(new Set([REGION]));
  });

  it('waits until the workgroup is available again, and leaves as running when time is over', async () => {
    const h = await harness();
    await expect(h.quiesce([MORE], 130_000)).resolves.toEqual({ status: 'running', things: 1 });
    expect(h.workgroup.modifying).toBeGreaterThan(0);
    await expect(h.quiesce([MORE])).resolves.toEqual({ status: 'done', things: 1 });
    expect(h.workgroup.modifying).toBe(0);
    expect(h.workgroup.calls.filter((call) => call === 'UpdateWorkgroup')).toHaveLength(1);
  });

  it('waits for a change of somebody else before it writes down what was there', async () => {
    const h = await harness();
    h.workgroup.modifying = 2;
    await h.quiesce([MORE]);
    expect(await h.item(MORE)).toMatchObject({ before: 64, during: 128 });
  });

  it('nothing to hold still is done at once', async () => {
    const h = await harness();
    await expect(h.quiesce([])).resolves.toEqual({ status: 'done', things: 0 });
  });

  it.each([[64], [32]])(
    'never lowers the capacity: asked for %i of 64 it leaves 64',
    async (to) => {
      const h = await harness();
      await h.quiesce([{ ...MORE, to }]);
      expect(h.workgroup.baseCapacity).toBe(64);
      expect(h.workgroup.calls).not.toContain('UpdateWorkgroup');
    },
  );

  it('a rule that was disabled before the run stays so at its end', async () => {
    const h = await harness();
    h.rules.states.set('submitter', 'DISABLED');
    await h.quiesce([RULE]);
    await h.restore();
    expect(h.rules.states.get('submitter')).toBe('DISABLED');
    expect(h.rules.calls).toEqual(Array(h.rules.calls.length).fill('DescribeRule'));
  });

  it('trap 12: migrating while loads run: stops again what the upgrade has started, and keeps the first record', async () => {
    const h = await harness();
    await h.quiesce([RULE]);
    const first = await h.item(RULE);
    h.rules.states.set('submitter', 'ENABLED').set('made-by-upgrade', 'ENABLED');
    const made = { ...RULE, name: 'made-by-upgrade' };
    await h.quiesce([RULE, made]);
    expect(h.rules.states.get('submitter')).toBe('DISABLED');
    expect(h.rules.states.get('made-by-upgrade')).toBe('DISABLED');
    expect(await h.item(RULE)).toEqual(first);
    await h.restore();
    expect([...h.rules.states.values()]).toEqual(['ENABLED', 'ENABLED', 'ENABLED']);
  });

  it('a rule that the upgrade has removed is held still enough, and is told at the end', async () => {
    const h = await harness();
    await h.quiesce([RULE]);
    h.rules.states.delete('submitter');
    await expect(h.quiesce([RULE])).resolves.toMatchObject({ status: 'done' });
    await h.restore();
    expect(await h.notes()).toEqual([expect.stringContaining('does not exist any more')]);
    await expect(h.quiesce([RULE])).rejects.toMatchObject({ name: 'QuiesceError' });
  });

  it('a rule of an earlier upgrade that was disabled stays the first record after it was enabled', async () => {
    const h = await harness();
    h.rules.states.set('submitter', 'DISABLED');
    await h.quiesce([RULE]);
    h.rules.states.set('submitter', 'ENABLED');
    await h.quiesce([RULE]);
    await h.restore();
    expect(h.rules.states.get('submitter')).toBe('DISABLED');
  });

  it('a continued run may ask for another capacity; what it was stays on record', async () => {
    const h = await harness();
    await h.quiesce([MORE]);
    await h.quiesce([{ ...MORE, to: 256 }]);
    expect(h.workgroup.baseCapacity).toBe(256);
    expect(await h.item(MORE)).toMatchObject({ before: 64, during: 256, to: 256 });
    await h.restore();
    expect(h.workgroup.baseCapacity).toBe(64);
  });

  it('what was given back is looked at anew', async () => {
    const h = await harness();
    await h.quiesce([MORE]);
    await h.restore();
    h.workgroup.baseCapacity = 96;
    await h.quiesce([MORE]);
    expect(await h.item(MORE)).toMatchObject({ before: 96, during: 128 });
    expect((await h.item(MORE))!.restoredAt).toBeUndefined();
  });

  it('the report says what is not as it was, while it is so', async () => {
    const h = await harness();
    await h.quiesce();
    expect(await h.get('check#quiesced#rule#submitter')).toMatchObject({
      name: 'rule submitter is as before the run',
      expected: 'ENABLED',
      actual: 'DISABLED',
      ok: false,
    });
    await h.restore();
    expect(await h.get('check#quiesced#capacity#shop')).toMatchObject({
      expected: '64',
      actual: '64',
      ok: true,
    });
  });

  it('a rule that is not there, one without a way back, and a refused change are named', async () => {
    const h = await harness();
    await expect(h.quiesce([{ ...RULE, name: 'lost' }])).rejects.toMatchObject({
      name: 'QuiesceError',
      message: 'rule lost in eu-west-1 does not exist: look where it went, then redrive',
    });
    h.rules.states.set('submitter', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
    await expect(h.quiesce([RULE])).rejects.toThrow(/EnableRule could not make it so again/);
    h.workgroup.fail.UpdateWorkgroup = [serviceError('ValidationException', 'above maxCapacity')];
    await expect(h.quiesce([MORE])).rejects.toThrow(
      'capacity shop in eu-west-1 cannot be set to 128: above maxCapacity. Repair that, then redrive',
    );
    await expect(h.quiesce([MORE])).resolves.toMatchObject({ status: 'done' });
  });

  it('a workgroup that sizes itself is refused before anything is written down', async () => {
    const h = await harness();
    h.workgroup.baseCapacity = undefined;
    await expect(h.quiesce([MORE])).rejects.toThrow(/its price-performance target sets it/);
    expect(await h.item(MORE)).toBeUndefined();
  });

  it('a service that is busy at this moment is asked again', async () => {
    const h = await harness();
    h.rules.fail.DisableRule = [serviceError('ConcurrentModificationException')];
    h.workgroup.fail.UpdateWorkgroup = [serviceError('ConflictException')];
    await expect(h.quiesce()).resolves.toMatchObject({ status: 'done' });
    expect([h.rules.states.get('submitter'), h.workgroup.baseCapacity]).toEqual(['DISABLED', 128]);
  });

  it('a throttled call is left to the state’s retry', async () => {
    const h = await harness();
    h.rules.fail.DisableRule = [serviceError('ThrottlingException')];
    await expect(h.quiesce([RULE])).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(h.quiesce([RULE])).resolves.toMatchObject({ status: 'done' });
  });

  it('a stopped execution leaves everything as it is', async () => {
    const h = await harness();
    h.sfn.statuses[h.run.executionArn] = 'ABORTED';
    await expect(h.quiesce()).resolves.toEqual({ status: 'running', things: 2 });
    expect([h.rules.calls, h.workgroup.calls]).toEqual([[], []]);
  });

  it('a worker whose token was taken touches nothing more', async () => {
    const h = await harness();
    const { ledger, clock, run } = h;
    const read = h.kinds.rule.read.bind(h.kinds.rule);
    (h.kinds.rule as { read: unknown }).read = async (thing: never) => {
      const seen = await read(thing);
      await Token.take(ledger, { runId: run.runId }, 'quiesced', 'another', clock.now);
      return seen;
    };
    await expect(h.quiesce([RULE, SYNC])).resolves.toEqual({ status: 'running', things: 2 });
    expect(h.rules.calls).not.toContain('DisableRule');
    expect(await h.item(RULE)).toBeUndefined();
  });

  it('of two workers that see a thing at once the first record stays', async () => {
    const h = await harness();
    const { ledger, run, kinds } = h;
    await recordBefore(ledger, run.runId, MORE, kinds.capacity, 64, 0);
    const get = jest.spyOn(ledger, 'get').mockResolvedValueOnce(undefined);
    await expect(
      recordBefore(ledger, run.runId, MORE, kinds.capacity, 128, 1),
    ).resolves.toMatchObject({ before: 64 });
    expect(get).toHaveBeenCalledTimes(2);
  });

  it('a run that was taken over throws and names its owner', async () => {
    const h = await harness();
    const owner = executionArn('newer');
    await h.ledger.put(runKey(h.run.runId), { ...h.run, executionArn: owner });
    await expect(h.quiesce()).rejects.toMatchObject({
      name: 'RunTakenOverError',
      message: expect.stringContaining(owner),
    });
    await expect(h.restore()).rejects.toMatchObject({ name: 'RunTakenOverError' });
    expect(h.rules.calls).toEqual([]);
  });
});
