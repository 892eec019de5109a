// Deployments of Kubernetes: scaled to nothing for a while, and back to as many replicas as there were.

import { QuiesceError } from '../errors';
import type { ClusterRef } from '../kubernetes/access';
import { type DeploymentRef, FIELD_MANAGER, type KubernetesApi } from '../kubernetes/api';
import type { Deployment, Pod } from '../kubernetes/objects';
import type { Changed, QuiescedKind, Seen, Thing } from './thing';

/** A pod that is to end has a time by which it is gone; so much later its node no longer answers. */
const OVERDUE_MS = 300_000;

/** A thing's name is `cluster/namespace/deployment`, and a state a number of replicas. */
export class DeploymentKind implements QuiescedKind<number> {
  constructor(
    private readonly open: (cluster: ClusterRef) => Promise<KubernetesApi>,
    private readonly now: () => number,
  ) {}

  async read(thing: Thing): Promise<Seen<number> | undefined> {
    const api = await this.open(clusterOf(thing));
    const ref = refOf(thing);
    const found = await api.deployment(ref);
    if (!found) return undefined;
    const { metadata, spec, status } = found;
    const replicas = spec.replicas ?? 1;
    const behind = (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
    // Nothing of it runs only when no pod is left: the controller counts those that are ending no more.
    const running = replicas === 0 ? (await api.pods(ref, found)).filter(isAlive) : [];
    this.refuseOverdue(thing, running);
    return {
      state: replicas,
      busy: behind || running.length > 0,
      version: metadata.resourceVersion,
      changed: changeOf(found),
    };
  }

  during(): number {
    return 0;
  }

  is(now: number, wanted: number): boolean {
    return now === wanted;
  }

  async set(thing: Thing, wanted: number, { version }: Seen<number>): Promise<void> {
    const api = await this.open(clusterOf(thing));
    // Refused when somebody was faster; the next round looks again.
    await api.scale(refOf(thing), wanted, version!);
  }

  private refuseOverdue({ name }: Thing, pods: readonly Pod[]): void {
    const stuck = pods.find(({ metadata: { deletionTimestamp: end } }) => {
      return end !== undefined && this.now() - Date.parse(end) > OVERDUE_MS;
    });
    if (!stuck) return;
    const { metadata, spec } = stuck;
    throw new QuiesceError(
      `pod ${metadata.name} of deployment ${name} was to end by ${metadata.deletionTimestamp} and is still there: ` +
        `look whether node ${spec?.nodeName ?? '(none)'} is lost or a finalizer holds the pod. Once nothing of it runs, remove it, then redrive`,
    );
  }
}

/** A pod that has ended and was not removed yet does nothing more. */
const isAlive = ({ status }: Pod): boolean =>
  status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

/** Where a Deployment is. */
export const clusterOf = ({ to }: Thing): ClusterRef =>
  (to as { readonly cluster: ClusterRef }).cluster;

/** Its place in the cluster. */
export function refOf({ name }: Thing): DeploymentRef {
  const [, namespace, deployment] = name.split('/');
  return { namespace: namespace!, name: deployment! };
}

/** Who has set the replicas last, unless that was a run. */
function changeOf({ metadata }: Deployment): Changed | undefined {
  const owners = (metadata.managedFields ?? []).filter(({ fieldsV1 }) => {
    const spec = fieldsV1?.['f:spec'] as Readonly<Record<string, unknown>> | undefined;
    return spec !== undefined && 'f:replicas' in spec;
  });
  const latest = owners.sort((a, b) => (a.time ?? '').localeCompare(b.time ?? '')).at(-1);
  if (!latest?.time || latest.manager === FIELD_MANAGER) return undefined;
  return { by: latest.manager ?? 'somebody', at: latest.time };
}
