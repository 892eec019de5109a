// A Deployment that is held still, behind a real HTTPS server; its clock and ledger are the harness's.

import { openCluster } from '../../../lambdas/shared/kubernetes/access';
import { DeploymentKind } from '../../../lambdas/shared/quiesced/deployment';
import type { Thing } from '../../../lambdas/shared/quiesced/thing';
import { ApiServer } from '../../support/kubernetes/api-server';
import { MemoryLedger } from '../../support/memory-ledger';
import { QuietHarness } from '../../support/quiet';

const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const name = 'prod/rdw/migrate';

let server: ApiServer;
beforeEach(async () => {
  server = await new ApiServer().start();
});
afterEach(() => server.stop());

async function world(memory = new MemoryLedger()) {
  const h = await new QuietHarness(memory.ledger).open();
  const now = () => h.clock.now();
  const credentials = async () => CREDENTIALS;
  const deps = { secret: async () => undefined, credentials, now };
  const kind = new DeploymentKind((cluster) => openCluster(cluster, deps), now);
  Object.assign(h.kinds, { deployment: kind });
  const thing: Thing = {
    kind: 'deployment',
    name,
    region: 'us-west-2',
    to: { cluster: server.cluster },
  };
  const at = (ms: number) => new Date(now() + ms).toISOString();
  return { h, thing, at, quiesce: () => h.quiesce([thing]) };
}

describe('a Deployment', () => {
  it('is scaled to nothing, waited for until no pod is left, and given back as many replicas as it had', async () => {
    const { h, thing, quiesce } = await world();
    await expect(quiesce()).resolves.toEqual({ status: 'done', things: 1 });
    expect([server.replicas, server.ending]).toEqual([0, 0]);
    expect(await h.item(thing)).toMatchObject({ before: 2, during: 0 });
    await h.restore();
    expect(server.replicas).toBe(2);
    expect(await h.get(`check#quiesced#deployment#${name}`)).toMatchObject({
      name: `deployment ${name} is as before the run`,
      expected: '2',
      actual: '2',
      ok: true,
    });
    expect(server.patches).toHaveLength(2);
  });

  it('W25 restart forgotten: a failed run keeps it at nothing, a release gives back the recorded number', async () => {
    const { h, quiesce } = await world();
    server.replicas = 3;
    await quiesce();
    await expect(h.release()).resolves.toMatchObject({ status: 'released', notes: [] });
    expect(server.replicas).toBe(3);
  });

  it('that was at nothing before stays so', async () => {
    const { h, quiesce } = await world();
    server.replicas = 0;
    await quiesce();
    await h.restore();
    expect([server.replicas, server.patches]).toEqual([0, []]);
  });

  it('that is being changed is waited for before its replicas are written down', async () => {
    const { h, thing, quiesce } = await world();
    server.behind = 2;
    await quiesce();
    expect(server.seen.findIndex(({ method }) => method === 'PATCH')).toBe(3);
    expect(await h.item(thing)).toMatchObject({ before: 2 });
  });

  it('that was changed between the look and the change is looked at again', async () => {
    const { quiesce } = await world();
    const look = () => {
      server.version += 1;
      return undefined;
    };
    server.next = [() => undefined, look];
    await expect(quiesce()).resolves.toMatchObject({ status: 'done' });
    expect([server.patches.length, server.replicas]).toEqual([2, 0]);
  });

  it('that is gone meanwhile is told at the end', async () => {
    const { h, quiesce } = await world();
    await quiesce();
    server.exists = false;
    await expect(quiesce()).resolves.toMatchObject({ status: 'done' });
    await h.restore();
    expect(await h.notes()).toEqual([expect.stringContaining('does not exist any more')]);
  });

  it('a refusal of the cluster keeps its name and leaves nothing changed', async () => {
    const { h, quiesce } = await world();
    const forbidden = () => ({ status: 403, body: { message: 'cannot patch' } });
    server.next = [() => undefined, forbidden];
    await expect(quiesce()).rejects.toMatchObject({ name: 'KubernetesForbiddenError' });
    await expect(quiesce()).resolves.toMatchObject({ status: 'done' });
    server.next = [() => undefined, forbidden];
    await expect(h.restore()).rejects.toThrow(/not yet 2 as before the run: .*cannot patch/);
    await h.restore();
    expect(server.replicas).toBe(2);
  });

  it('a pod that does not end is named with its node', async () => {
    const { at, quiesce } = await world();
    server.ending = 9;
    server.replicas = 0;
    server.pod = {
      metadata: { name: 'migrate-7', deletionTimestamp: at(-300_001) },
      spec: { nodeName: 'ip-10-0-0-7' },
    };
    await expect(quiesce()).rejects.toThrow(/pod migrate-7 .*node ip-10-0-0-7 is lost/);
  });

  it('a pod that has ended and lies there still runs no more', async () => {
    const { h, quiesce } = await world();
    server.replicas = 0;
    server.ending = 1000;
    server.pod = { status: { phase: 'Failed' } };
    const began = h.clock.now();
    await expect(quiesce()).resolves.toMatchObject({ status: 'done' });
    expect(h.clock.now()).toBe(began);
  });
});

describe('somebody who changes it meanwhile is named', () => {
  it('and not fought with, while the run holds it', async () => {
    const { h, at, quiesce } = await world();
    await quiesce();
    server.scale(1, 'argocd-controller', at(60_000));
    await expect(quiesce()).rejects.toMatchObject({
      name: 'QuiesceError',
      message: expect.stringMatching(
        /was changed to 1 by argocd-controller at .*set it to 0 yourself, then redrive/,
      ),
    });
    expect(server.replicas).toBe(1);
    server.scale(0, 'kubectl', at(120_000));
    await expect(quiesce()).resolves.toMatchObject({ status: 'done' });
    await h.restore();
    expect(server.replicas).toBe(2);
  });

  it('at the end, where it becomes what it was all the same', async () => {
    const { h, at, quiesce } = await world();
    await quiesce();
    server.scale(5, 'kubectl-scale', at(60_000));
    await h.restore();
    expect(server.replicas).toBe(2);
    expect(await h.notes()).toEqual([
      expect.stringMatching(/was 5 at the end \(kubectl-scale changed it at .*set to 2/),
    ]);
  });

  it('who did so before the run is nobody to name', async () => {
    const { at, quiesce } = await world();
    server.scale(4, 'kubectl-scale', at(-60_000));
    await expect(quiesce()).resolves.toMatchObject({ status: 'done' });
  });
});

/** What a client throws when its worker dies. */
class Death extends Error {
  override readonly name = 'TimeoutError';
}

describe.each(['before', 'after'] as const)('a death %s any changing call', (when) => {
  it('loses no record: the next call ends it', async () => {
    let most = 0;
    for (let nth = 1; nth <= 24; nth++) {
      let calls = 0;
      let dead = false;
      const count = (moment: 'before' | 'after') => {
        calls += Number(moment === 'before');
        if (dead || calls !== nth || moment !== when) return;
        dead = true;
        throw new Death();
      };
      const memory = new MemoryLedger();
      server.replicas = 2;
      server.ending = 0;
      const { h, thing, quiesce } = await world(memory);
      memory.before = () => count('before');
      memory.after = () => count('after');
      // A worker that dies cannot ask the server any more: what it sees is a broken connection.
      server.before = () => undefined;
      server.after = () => count('after');
      const cycle = async () => {
        await quiesce();
        expect([server.replicas, server.ending]).toEqual([0, 0]);
        await h.restore();
      };
      await cycle().catch(() => undefined);
      dead = true;
      await cycle();
      expect([nth, server.replicas]).toEqual([nth, 2]);
      expect([nth, (await h.item(thing))!.before]).toEqual([nth, 2]);
      most = Math.max(most, calls);
    }
    expect(most).toBeGreaterThan(10);
  });
});
