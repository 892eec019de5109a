import { changeSettings } from '../../../lambdas/change-settings/core';
import { currentSettings, settingsKey } from '../../../lambdas/shared/copy/settings';
import { runKey } from '../../../lambdas/shared/ledger';
import { COPY_DEFAULTS as GIVEN } from '../../support/copy-settings';
import { MemoryLedger } from '../../support/memory-ledger';

const RUN = 'run-20260131-0a1b2c3d4e';

describe('settings of a copy that runs', () => {
  let memory: MemoryLedger;
  beforeEach(async () => {
    memory = new MemoryLedger();
    await memory.put(runKey(RUN), { runId: RUN, status: 'open', input: GIVEN });
  });
  const change = (input: unknown, selfArn = 'one') =>
    changeSettings({ version: 1, selfArn, input }, { ledger: memory.ledger });
  const now = () => currentSettings(memory.ledger, RUN, GIVEN);

  it('B14: what is changed counts for the next chunk, and what was changed before stays', async () => {
    await change({ run: RUN, pause: true, niceRatio: 3 });
    expect(await now()).toEqual({ ...GIVEN, niceRatio: 3, pause: true });
    expect(await change({ run: RUN, pause: false }, 'two')).toEqual({
      run: RUN,
      settings: { niceRatio: 3, pause: false },
    });
    expect(await now()).toEqual({ ...GIVEN, niceRatio: 3, pause: false });
  });

  it('a second call of the same execution changes nothing', async () => {
    await change({ run: RUN, niceRatio: 3 });
    await change({ run: RUN, niceRatio: 3 });
    expect(await memory.get(settingsKey(RUN))).toMatchObject({ version: 1 });
  });

  it('two who change something at once both get it', async () => {
    await change({ run: RUN, niceRatio: 1 }, 'zero');
    let others = 1;
    memory.before = () => {
      if (others-- > 0) {
        memory.before = () => undefined;
        void memory.put(settingsKey(RUN), { version: 2, by: 'two', niceRatio: 1, chunkMiB: 4 });
      }
    };
    await change({ run: RUN, niceRatio: 9 });
    expect(await now()).toEqual({ ...GIVEN, niceRatio: 9, chunkMiB: 4, pause: false });
  });

  it.each([
    ['nothing', undefined, /1 problem/],
    ['no run', { niceRatio: 1 }, /run/],
    ['no change', { run: RUN }, /must change something/],
    ['sizes out of bounds', { run: RUN, chunkSeconds: 9, chunkMiB: 0, niceRatio: -1 }, /3 problem/],
    ['an unknown member', { run: RUN, speed: 1 }, /speed/],
    ['an unknown run', { run: 'run-20260131-0000000000', pause: true }, /knows no run/],
    [
      'threads that stop before they pause',
      { run: RUN, abortThreads: 20 },
      /more than pauseThreads 25/,
    ],
  ])('refuses %s, and says how it is done', async (_, input, said) => {
    const error = await change(input).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      name: 'RefusedInputError',
      message: expect.stringMatching(said),
    });
    expect((error as Error).message).toContain('A valid input: {"run":"run-20260131-0a1b2c3d4e"');
  });

  it('refuses a run that has ended', async () => {
    await memory.put(runKey(RUN), { runId: RUN, status: 'succeeded', input: GIVEN });
    await expect(change({ run: RUN, pause: true })).rejects.toThrow('has ended');
  });
});
