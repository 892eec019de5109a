// A Deployment and its pods: the controller sees a change a moment later, pods take their time to start
// and to end. Nothing waits for a clock here: each look first does what has become due.

import { type Clock, ServiceError } from '../../types';

const CONTROLLER_MS = 1_000;
/** Of a pod that is told to end. */
const GRACE_MS = 30_000;

/** Member `deployments` of key `kubernetes`. */
export interface DeploymentData {
  readonly namespace: string;
  readonly name: string;
  /** @default 1 */
  readonly replicas?: number;
  /** How long a pod takes to end. @default 8 */
  readonly endsAfterSeconds?: number;
  /** How long a pod takes to be ready. @default 12 */
  readonly readyAfterSeconds?: number;
}

interface Pod {
  readonly name: string;
  phase: 'Pending' | 'Running';
  /** When it is killed at the latest. */
  deletion?: number;
}

const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

export class Workload {
  replicas: number;
  private generation = 1;
  private observed = 1;
  private version = 1000;
  private made = 0;
  private by: { readonly manager: string; readonly time: string };
  private pods: Pod[] = [];
  private due: { readonly at: number; readonly happen: () => void }[] = [];

  constructor(
    readonly data: DeploymentData,
    private readonly clock: Clock,
  ) {
    this.replicas = data.replicas ?? 1;
    this.by = { manager: 'helm', time: instant(clock.now() - 86_400_000) };
    this.follow(clock.now());
    for (const pod of this.pods) pod.phase = 'Running';
  }

  /** Sets the replicas in somebody's name; refuses what was changed since it was looked at. */
  scale(replicas: number, manager: string, version?: string): object {
    this.catchUp();
    if (version !== undefined && version !== String(this.version)) {
      const text = `Operation cannot be fulfilled on deployments.apps "${this.data.name}": the object has been modified; please apply your changes to the latest version and try again`;
      throw new ServiceError('Conflict', text, 409);
    }
    if (replicas !== this.replicas) {
      const now = this.clock.now();
      this.replicas = replicas;
      this.by = { manager, time: instant(now) };
      this.generation += 1;
      this.version += 1;
      this.at(now + CONTROLLER_MS, () => {
        this.observed = this.generation;
        this.follow(now + CONTROLLER_MS);
      });
    }
    return this.scaleObject();
  }

  scaleObject(): object {
    this.catchUp();
    const { replicas, pods, data, version } = this;
    const metadata = { ...this.place(), resourceVersion: String(version) };
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata,
      spec: { replicas },
      status: { replicas: pods.length, selector: `app=${data.name}` },
    };
  }

  deployment(): object {
    this.catchUp();
    const { replicas, generation, observed, pods, by, data, version } = this;
    const staying = pods.filter(({ deletion }) => deletion === undefined);
    const readyReplicas = staying.filter(({ phase }) => phase === 'Running').length;
    const fields = { 'f:spec': { 'f:replicas': {} } };
    return {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: {
        ...this.place(),
        resourceVersion: String(version),
        generation,
        managedFields: [
          {
            ...by,
            operation: 'Update',
            apiVersion: 'apps/v1',
            fieldsType: 'FieldsV1',
            fieldsV1: fields,
          },
        ],
      },
      spec: { replicas, selector: { matchLabels: { app: data.name } } },
      status: { observedGeneration: observed, replicas: staying.length, readyReplicas },
    };
  }

  /** Pods that are there, those that are ending included. */
  podObjects(): object[] {
    this.catchUp();
    return this.pods.map(({ name, phase, deletion }) => ({
      metadata: {
        name,
        namespace: this.data.namespace,
        labels: { app: this.data.name },
        ...(deletion !== undefined && { deletionTimestamp: instant(deletion) }),
      },
      spec: { nodeName: 'ip-10-0-0-7' },
      status: { phase },
    }));
  }

  private place() {
    const { name, namespace } = this.data;
    return { name, namespace };
  }

  /** What the controller does when it sees the replicas. */
  private follow(now: number): void {
    const { endsAfterSeconds = 8, readyAfterSeconds = 12, name } = this.data;
    const staying = this.pods.filter(({ deletion }) => deletion === undefined);
    for (const pod of staying.slice(this.replicas)) {
      pod.deletion = now + GRACE_MS;
      this.at(now + Math.min(endsAfterSeconds * 1000, GRACE_MS), () => {
        this.pods = this.pods.filter((one) => one !== pod);
      });
    }
    for (let missing = this.replicas - staying.length; missing > 0; missing--) {
      const pod: Pod = { name: `${name}-${++this.made}`, phase: 'Pending' };
      this.pods.push(pod);
      this.at(now + readyAfterSeconds * 1000, () => {
        pod.phase = 'Running';
      });
    }
  }

  private at(at: number, happen: () => void): void {
    this.due.push({ at, happen });
    this.due.sort((a, b) => a.at - b.at);
  }

  private catchUp(): void {
    while (this.due[0] && this.due[0].at <= this.clock.now()) {
      this.due.shift()!.happen();
      this.version += 1;
    }
  }
}
