import { runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { snapshotWarehouse } from '../../../lambdas/snapshot-warehouse/core';
import { ClusterSnapshots, NamespaceSnapshots } from '../../../lambdas/snapshot-warehouse/hosts';
import type { SnapshotSource } from '../../../lambdas/snapshot-warehouse/payload';
import { FakeClock } from '../../support/fake-warehouse';
import { MemoryLedger } from '../../support/memory-ledger';
import {
  callerOf,
  executionArn,
  FakeStepFunctions,
  openedRun,
  serviceError,
} from '../../support/runs';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, string>;
}

/** Both Redshift APIs as far as snapshots go. */
class FakeSnapshots {
  readonly statuses = new Map<string, string[]>();
  readonly calls: string[] = [];
  readonly creates: Record<string, string>[] = [];
  /** What a new snapshot shows, look by look; the last stays. */
  next = ['CREATING', 'CREATING', 'AVAILABLE'];
  before: () => void = () => undefined;
  after: () => void = () => undefined;

  readonly serverless = {
    send: async ({ constructor: { name }, input }: Command) => {
      this.calls.push(name.replace('Command', ''));
      if (name === 'GetWorkgroupCommand') return { workgroup: { namespaceName: 'shop-namespace' } };
      if (name === 'CreateSnapshotCommand')
        return this.create(input.snapshotName!, input, 'ConflictException');
      return { snapshot: { status: this.look(input.snapshotName!, 'ResourceNotFoundException') } };
    },
  };

  readonly provisioned = {
    send: async ({ constructor: { name }, input }: Command) => {
      this.calls.push(name.replace('Command', ''));
      const id = input.SnapshotIdentifier!;
      if (name === 'CreateClusterSnapshotCommand')
        return this.create(id, input, 'ClusterSnapshotAlreadyExistsFault');
      return {
        Snapshots: [{ Status: this.look(id, 'ClusterSnapshotNotFoundFault').toLowerCase() }],
      };
    },
  };

  private look(name: string, missing: string): string {
    const script = this.statuses.get(name);
    if (!script) throw serviceError(missing);
    return script.length > 1 ? script.shift()! : script[0]!;
  }

  private create(name: string, input: Record<string, string>, exists: string): object {
    this.before();
    if (this.statuses.has(name)) throw serviceError(exists);
    this.statuses.set(name, [...this.next]);
    this.creates.push(input);
    this.after();
    return {};
  }
}

const SERVERLESS: SnapshotSource = { workgroup: 'shop', namespace: null, region: 'eu-west-1' };
const CLUSTER: SnapshotSource = { cluster: 'shop-cluster', region: 'eu-west-1' };

class Harness {
  readonly memory = new MemoryLedger();
  readonly clock = new FakeClock();
  readonly sfn = new FakeStepFunctions();
  readonly api = new FakeSnapshots();
  run!: RunItem;

  async open(): Promise<this> {
    this.run = await openedRun(this.memory.ledger);
    return this;
  }

  snapshot(source = SERVERLESS, remainingMs = 900_000) {
    const end = this.clock.now() + remainingMs;
    return snapshotWarehouse(
      { ...callerOf(this.run), step: 'snapshot', source },
      {
        ledger: this.memory.ledger,
        clock: this.clock,
        sfn: this.sfn.client,
        host: (from) =>
          'cluster' in from
            ? new ClusterSnapshots(this.api.provisioned as never, from.cluster)
            : new NamespaceSnapshots(
                this.api.serverless as never,
                from.workgroup,
                from.namespace ?? undefined,
              ),
      },
      { requestId: `worker-${Math.random()}`, remainingMs: () => end - this.clock.now() },
    );
  }

  check() {
    return this.memory.get<{ ok: boolean }>(runKey(this.run.runId, 'check#snapshot'));
  }

  get name() {
    return `runbook-${this.run.runId}`;
  }
}

const harness = () => new Harness().open();

describe('snapshot-warehouse', () => {
  it.each([
    ['a namespace', SERVERLESS, 'namespace shop-namespace', { namespaceName: 'shop-namespace' }],
    ['a cluster', CLUSTER, 'cluster shop-cluster', { ClusterIdentifier: 'shop-cluster' }],
  ])(
    'makes one of %s, waits until it is available, and the report has its name',
    async (_, source, title, input) => {
      const h = await harness();
      await expect(h.snapshot(source)).resolves.toEqual({ status: 'done', name: h.name });
      expect(h.api.creates).toEqual([expect.objectContaining(input)]);
      expect(await h.check()).toMatchObject({
        name: `snapshot of ${title}`,
        expected: `${h.name} AVAILABLE`,
        actual: `${h.name} AVAILABLE`,
        ok: true,
      });
    },
  );

  it('uses the configured namespace and asks the workgroup nothing', async () => {
    const h = await harness();
    await h.snapshot({ ...SERVERLESS, namespace: 'given' } as SnapshotSource);
    expect(h.api.creates).toEqual([expect.objectContaining({ namespaceName: 'given' })]);
    expect(h.api.calls).not.toContain('GetWorkgroup');
  });

  it('a name both services allow', async () => {
    const h = await harness();
    expect(h.name).toMatch(/^[a-z](-?[a-z0-9]+)*$/);
    expect(h.name.length).toBeLessThanOrEqual(63);
  });

  it('asked twice makes one', async () => {
    const h = await harness();
    await h.snapshot();
    const asked = h.api.calls.length;
    await expect(h.snapshot()).resolves.toEqual({ status: 'done', name: h.name });
    expect(h.api.creates).toHaveLength(1);
    expect(h.api.calls).toHaveLength(asked);
  });

  it('waits over several turns', async () => {
    const h = await harness();
    h.api.next = [...Array(40).fill('CREATING'), 'AVAILABLE'];
    await expect(h.snapshot(SERVERLESS, 200_000)).resolves.toEqual({
      status: 'running',
      name: null,
    });
    await expect(h.snapshot()).resolves.toEqual({ status: 'done', name: h.name });
  });

  it.each(['FAILED', 'CANCELLED', 'DELETED', 'SOMETHING_NEW'])(
    'one that ends %s is an error, and a redrive makes another under a new name',
    async (status) => {
      const h = await harness();
      h.api.next = ['CREATING', status];
      await expect(h.snapshot()).rejects.toMatchObject({
        name: 'SnapshotFailedError',
        message: `snapshot ${h.name} of namespace shop-namespace ended ${status}. Look why in the console of Redshift, then redrive: the next attempt makes another`,
      });
      expect(await h.check()).toMatchObject({ ok: false });
      h.api.next = ['AVAILABLE'];
      await expect(h.snapshot()).resolves.toEqual({ status: 'done', name: `${h.name}-2` });
      expect(await h.check()).toMatchObject({ ok: true, actual: `${h.name}-2 AVAILABLE` });
    },
  );

  it.each([
    ['a namespace', SERVERLESS],
    ['a cluster', CLUSTER],
  ])(
    'of %s: adopts its own after a lost answer, also when the list shows it late',
    async (_, source) => {
      const h = await harness();
      h.api.after = () => {
        h.api.after = () => undefined;
        throw serviceError('TimeoutError');
      };
      await expect(h.snapshot(source)).rejects.toMatchObject({ name: 'TimeoutError' });
      await expect(h.snapshot(source)).resolves.toEqual({ status: 'done', name: h.name });
      const late = await harness();
      late.api.before = () => late.api.statuses.set(late.name, ['CREATING', 'AVAILABLE']);
      await expect(late.snapshot(source)).resolves.toEqual({ status: 'done', name: late.name });
      expect([h.api.creates.length, late.api.creates.length]).toEqual([1, 0]);
    },
  );

  it('a refused call says why, and a redrive asks again under the same name', async () => {
    const h = await harness();
    h.api.before = () => {
      h.api.before = () => undefined;
      throw serviceError('ServiceQuotaExceededException', 'too many snapshots');
    };
    await expect(h.snapshot()).rejects.toMatchObject({
      name: 'SnapshotFailedError',
      message: expect.stringContaining(
        'could not be begun: ServiceQuotaExceededException: too many snapshots. Repair that',
      ),
    });
    await expect(h.snapshot()).resolves.toEqual({ status: 'done', name: h.name });
  });

  it.each(['before', 'after'] as const)(
    'a death %s any changing call leads to one snapshot',
    async (when) => {
      for (let nth = 1; nth <= 15; nth++) {
        const h = await harness();
        let calls = 0;
        const die = () => {
          calls += 1;
          if (calls === nth) throw serviceError('TimeoutError');
        };
        h.memory[when] = die;
        h.api[when] = die;
        await h
          .snapshot()
          .catch((error: Error) => expect([nth, error.name]).toEqual([nth, 'TimeoutError']));
        calls = 1_000;
        await expect(h.snapshot()).resolves.toEqual({ status: 'done', name: h.name });
        expect([nth, h.api.creates.length]).toEqual([nth, 1]);
      }
    },
  );

  it('a stopped execution begins none; a run that was taken over throws', async () => {
    const h = await harness();
    h.sfn.statuses[h.run.executionArn] = 'ABORTED';
    await expect(h.snapshot()).resolves.toEqual({ status: 'running', name: null });
    expect(h.api.calls).toEqual([]);
    await h.memory.ledger.put(runKey(h.run.runId), {
      ...h.run,
      executionArn: executionArn('newer'),
    });
    await expect(h.snapshot()).rejects.toMatchObject({ name: 'RunTakenOverError' });
  });
});
