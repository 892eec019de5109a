// The API server's stand-in, called by the product's own client over TLS.

import type { AccessDeps } from '../../../lambdas/shared/kubernetes/access';
import { openCluster } from '../../../lambdas/shared/kubernetes/access';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { accessKeyOf, KubernetesService, selfSigned } from '../../rehearsal/services/kubernetes';
import { Server } from '../../rehearsal/services/server';
import { account, region } from './house';
import { START } from './served';

const REF = { namespace: 'rdw', name: 'migrate' };
const ALL = ['get deployments', 'patch deployments/scale', 'list pods'];
const roleOf = (name: string) => `arn:aws:iam::${account}:role/${name}`;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of closing.splice(0)) await end();
});

async function cluster() {
  const clock = new VirtualClock(START);
  const callers = new Callers(clock);
  const iam = new Iam(account);
  const tls = selfSigned('a test');
  const entrance = ({ authorization }: { authorization?: string }) => ({
    accessKeyId: accessKeyOf(authorization),
    region,
    service: 'kubernetes',
  });
  const faults = new Faults([]);
  const problems: Error[] = [];
  const server = new Server({ clock, callers, iam, faults, problems, tls, entrance });
  const service = new KubernetesService(clock, {
    deployments: [{ ...REF, replicas: 2 }],
    access: [
      { role: roleOf('Quiesce*'), verbs: ALL, namespace: 'rdw' },
      { role: roleOf('Looker'), verbs: ['get deployments'] },
    ],
  });
  server.add(service);
  const endpoint = await server.start();
  closing.push(
    () => clock.stop(),
    () => server.stop(),
  );
  const open = (role: string, over: Partial<AccessDeps> = {}) => {
    const principal = { kind: 'role', arn: roleOf(role), account } as const;
    const { credentials } = callers.mint(principal, newProcess());
    return openCluster(
      {
        name: 'prod',
        region,
        endpoint,
        certificateAuthority: tls.cert,
        stsHost: `sts.${region}.amazonaws.com`,
        inVpc: false,
      },
      {
        secret: async () => undefined,
        credentials: async () => credentials,
        now: () => clock.now(),
        ...over,
      },
    );
  };
  return { clock, service, open, problems, calls: server.calls, faults };
}

/** What a look shows: replicas, how far the controller is, ready ones, pods. */
async function look({ service }: { service: KubernetesService }): Promise<readonly number[]> {
  const workload = service.workload('rdw', 'migrate')!;
  const { metadata, spec, status } = workload.deployment() as {
    metadata: { generation: number };
    spec: { replicas: number };
    status: { observedGeneration: number; readyReplicas: number };
  };
  const behind = metadata.generation - status.observedGeneration;
  return [spec.replicas, behind, status.readyReplicas, workload.podObjects().length];
}

describe('a Deployment', () => {
  it('is scaled a moment later by its controller, and its pods take seconds to end and to be ready', async () => {
    const it = await cluster();
    const api = await it.open('Quiesce1');
    const { metadata } = (await api.deployment(REF))!;
    await expect(api.scale(REF, 0, metadata.resourceVersion)).resolves.toBe(true);
    const seen = [await look(it)];
    for (const ms of [1_000, 7_999, 1]) {
      await it.clock.sleep(ms);
      seen.push(await look(it));
    }
    expect(seen).toEqual([
      [0, 1, 2, 2],
      [0, 0, 0, 2],
      [0, 0, 0, 2],
      [0, 0, 0, 0],
    ]);
    await expect(api.scale(REF, 1, metadata.resourceVersion)).resolves.toBe(false);
    await api.scale(REF, 1, (await api.deployment(REF))!.metadata.resourceVersion);
    await it.clock.sleep(1_000);
    expect(await look(it)).toEqual([1, 0, 0, 1]);
    await it.clock.sleep(12_000);
    expect(await look(it)).toEqual([1, 0, 1, 1]);
    expect(it.problems).toEqual([]);
  });

  it('says who has set its replicas, and shows pods that are to end', async () => {
    const it = await cluster();
    const api = await it.open('Quiesce1');
    const found = (await api.deployment(REF))!;
    expect(found.metadata.managedFields).toMatchObject([{ manager: 'helm' }]);
    await api.scale(REF, 1, found.metadata.resourceVersion);
    await it.clock.sleep(1_000);
    expect((await api.deployment(REF))!.metadata.managedFields).toMatchObject([
      { manager: 'upgrade-runbooks', time: '2026-01-01T00:00:00Z' },
    ]);
    const ends = (await api.pods(REF, found)).map(({ metadata }) => metadata.deletionTimestamp);
    expect(ends).toEqual([undefined, '2026-01-01T00:00:31Z']);
  });
});

describe('access', () => {
  it('is for roles the cluster knows, and what they may do in their namespace', async () => {
    const { open, calls } = await cluster();
    const stranger = await open('Stranger');
    await expect(stranger.deployment(REF)).rejects.toMatchObject({
      name: 'KubernetesUnauthorizedError',
    });
    const looker = await open('Looker');
    await expect(looker.deployment(REF)).resolves.toBeDefined();
    await expect(looker.scale(REF, 0, '1')).rejects.toMatchObject({
      name: 'KubernetesForbiddenError',
      message: expect.stringContaining(
        `deployments.apps "migrate" is forbidden: User "arn:aws:sts::${account}:assumed-role/Looker/rehearsal" cannot patch resource "deployments/scale" in API group "apps" in the namespace "rdw"`,
      ),
    });
    const elsewhere = { ...REF, namespace: 'other' };
    const holder = await open('Quiesce1');
    await expect(holder.deployment(elsewhere)).rejects.toThrow(/forbidden.*namespace "other"/);
    expect(calls.map(({ operation, error }) => [operation, error])).toEqual([
      ['get deployments', 'Unauthorized'],
      ['get deployments', undefined],
      ['patch deployments/scale', 'Forbidden'],
      ['get deployments', 'Forbidden'],
    ]);
  });

  it('ends with the token: one that was signed long ago is of no use', async () => {
    const { open, clock } = await cluster();
    const late = await open('Quiesce1', { now: () => clock.now() - 15 * 60_000 - 1_000 });
    await expect(late.deployment(REF)).rejects.toMatchObject({
      name: 'KubernetesUnauthorizedError',
    });
  });

  it('a Deployment that is not there is none, and its pods are not those of another', async () => {
    const { open } = await cluster();
    const api = await open('Quiesce1');
    await expect(api.deployment({ ...REF, name: 'other' })).resolves.toBeUndefined();
    const selector = { matchLabels: { app: 'other' } };
    const other = { metadata: { name: 'other', resourceVersion: '1' }, spec: { selector } };
    await expect(api.pods(REF, other)).resolves.toEqual([]);
  });

  it('faults come in the words of a cluster', async () => {
    const { open, faults } = await cluster();
    const api = await open('Quiesce1');
    const kinds = ['throttle', 'denied', 'error', 'lost-answer'] as const;
    for (const [i, kind] of kinds.entries()) {
      faults.arm({ kind, service: 'kubernetes', operation: 'get deployments', nth: i + 1 });
    }
    const errors: unknown[] = [];
    for (const _ of kinds) errors.push(await api.deployment(REF).catch(({ name }: Error) => name));
    const passing = 'TryAgainError';
    expect(errors).toEqual([passing, 'KubernetesForbiddenError', passing, passing]);
    await expect(api.deployment(REF)).resolves.toBeDefined();
  });
});
