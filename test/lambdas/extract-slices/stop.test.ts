// What a stopped run still exports, ended by those who settle it.

import { stopExports } from '../../../lambdas/extract-slices/stop';
import { settleExports } from '../../../lambdas/settle-exports/core';
import { rememberExecution } from '../../../lambdas/shared/execution-index';
import { runKey } from '../../../lambdas/shared/ledger';
import { Harness } from './harness';

/** An export of four minutes that runs on, and a worker that has died beside it. */
async function left(): Promise<Harness> {
  const h = new Harness();
  h.database.secondsFor = () => 240;
  const { send } = h.sfn.client as { send: (command: never) => Promise<unknown> };
  const dying = {
    send: async (command: never) => {
      if (!h.database.idle) throw new Error('died');
      return send(command);
    },
  };
  Object.assign(h, { sfn: { ...h.sfn, client: dying } });
  await expect(h.invoke()).rejects.toThrow('died');
  Object.assign(h, { sfn: { client: { send } } });
  expect(h.database.idle).toBe(false);
  return h;
}
const depsOf = (h: Harness) => ({
  ledger: h.memory.ledger,
  clock: h.database.clock,
  sessions: () => h.database.connect(),
});
const stop = (h: Harness, mayAct = async () => true) => stopExports(depsOf(h), h.run.runId, mayAct);

describe('an export whose worker is dead', () => {
  it('is ended, and the redrive exports every row once', async () => {
    const h = await left();
    await expect(stop(h)).resolves.toEqual({ PA: 'stopped' });
    expect(h.database.idle).toBe(true);
    await expect(stop(h)).resolves.toEqual({ PA: 'nothing' });
    await h.finish();
    expect(h.loaded()).toEqual(h.database.rows);
    expect(h.database.most).toBe(1);
  });

  it('is not counted as a try that came to nothing, however often', async () => {
    const h = await left();
    await stop(h);
    expect(await h.memory.get(runKey(h.run.runId, 'extract#PA'))).toMatchObject({
      attempt: { end: 'stopped', lost: 0 },
    });
  });

  it('still runs when the user may not end it', async () => {
    const h = await left();
    h.database.mayKill = false;
    await expect(stop(h)).resolves.toEqual({ PA: 'running' });
  });

  it('is left to a redrive that has begun', async () => {
    const h = await left();
    await expect(stop(h, async () => false)).resolves.toEqual({ PA: 'lost' });
    expect(h.database.kills).toEqual([]);
  });

  it('is left to a worker that has taken over meanwhile', async () => {
    const h = await left();
    const taking = async () => {
      const key = runKey(h.run.runId, 'worker#extract-PA#PA');
      await h.memory.put(key, { generation: 99, worker: 'next', renewedAt: 0 });
      return true;
    };
    await expect(stop(h, taking)).resolves.toEqual({ PA: 'lost' });
  });
});

describe('when an execution is over', () => {
  const closed = (h: Harness, executionArn = h.run.executionArn, status = 'ABORTED') =>
    settleExports(
      { detail: { executionArn, stateMachineArn: 'm', status, stopDate: 0 } },
      { ...depsOf(h), sfn: { send: async () => ({ status }) } as never },
    );

  it('what it still exports is ended', async () => {
    const h = await left();
    await rememberExecution(h.memory.ledger, h.run.executionArn, h.run.runId);
    await expect(closed(h, h.run.executionArn, 'RUNNING')).resolves.toEqual({ PA: 'lost' });
    await expect(closed(h)).resolves.toEqual({ PA: 'stopped' });
  });

  it('and its run belongs to another one, nothing is touched', async () => {
    const h = await left();
    await rememberExecution(h.memory.ledger, 'arn:old', h.run.runId);
    await expect(closed(h, 'arn:old')).resolves.toEqual({});
    await expect(closed(h, 'arn:unknown')).resolves.toEqual({});
    expect(h.database.kills).toEqual([]);
  });
});
