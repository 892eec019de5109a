// The API of a Kubernetes cluster, as far as holding a Deployment still needs it: read it, set its
// replicas, list its pods. https://kubernetes.io/docs/reference/kubernetes-api/

import {
  KubernetesForbiddenError,
  KubernetesNotFoundError,
  KubernetesRefusedError,
  KubernetesUnauthorizedError,
  TryAgainError,
} from '../errors';
import { callHttps, type HttpsAnswer } from './https';
import type { Deployment, Pod, Scale } from './objects';

/** Under this name the cluster notes our changes in `managedFields`. */
export const FIELD_MANAGER = 'upgrade-runbooks';

/** Where an API server is, and how a caller shows who it is. */
export interface Connection {
  readonly endpoint: string;
  /** PEM; without it the public authorities count. */
  readonly ca?: string;
  readonly inVpc: boolean;
  /** A fresh bearer token. */
  token(): Promise<string>;
}

/** A Deployment by its place. */
export interface DeploymentRef {
  readonly namespace: string;
  readonly name: string;
}

interface Call {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export class KubernetesApi {
  constructor(
    private readonly connection: Connection,
    private readonly send: typeof callHttps = callHttps,
  ) {}

  /** The Deployment; undefined when there is none of this name. */
  async deployment(ref: DeploymentRef): Promise<Deployment | undefined> {
    const answer = await this.call({ method: 'GET', path: pathOf(ref) });
    return answer.status === 404 ? undefined : read<Deployment>(answer);
  }

  /**
   * Sets the replicas, unless the Deployment has changed since it was looked at.
   *
   * @param resourceVersion as the look showed it
   * @returns false when it has changed: look again
   */
  async scale(ref: DeploymentRef, replicas: number, resourceVersion: string): Promise<boolean> {
    const answer = await this.call({
      method: 'PATCH',
      path: `${pathOf(ref)}/scale`,
      query: { fieldManager: FIELD_MANAGER },
      body: { metadata: { resourceVersion }, spec: { replicas } },
    });
    if (answer.status === 404) {
      throw new KubernetesNotFoundError(
        `deployment ${ref.name} in namespace ${ref.namespace} is gone: look where it went, then redrive`,
      );
    }
    if (answer.status === 409) return false;
    return read<Scale>(answer).spec.replicas === replicas;
  }

  /** Pods a Deployment's selector finds, those that are ending included. */
  async pods({ namespace }: DeploymentRef, { spec }: Deployment): Promise<readonly Pod[]> {
    const pods: Pod[] = [];
    let next: string | undefined;
    do {
      const answer = await this.call({
        method: 'GET',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
        query: {
          labelSelector: selectorText(spec.selector),
          limit: '500',
          ...(next && { continue: next }),
        },
      });
      const page = read<{ metadata: { continue?: string }; items: Pod[] }>(answer);
      pods.push(...page.items);
      next = page.metadata.continue;
    } while (next);
    return pods;
  }

  private async call({ method, path, query = {}, body }: Call): Promise<HttpsAnswer> {
    const { endpoint, ca, inVpc } = this.connection;
    const url = new URL(endpoint.replace(/\/+$/, '') + path);
    url.search = String(new URLSearchParams(query));
    const answer = await this.send({
      method,
      url,
      ca,
      inVpc,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${await this.connection.token()}`,
        ...(body !== undefined && { 'content-type': 'application/merge-patch+json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    refuse(answer, `${method} ${path} at ${endpoint}`);
    return answer;
  }
}

const pathOf = ({ namespace, name }: DeploymentRef): string =>
  `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;

/** A selector as the API takes it in a query: all of its conditions. */
export function selectorText({
  matchLabels = {},
  matchExpressions = [],
}: Deployment['spec']['selector']) {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const list = `(${values.join(',')})`;
    return {
      In: `${key} in ${list}`,
      NotIn: `${key} notin ${list}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    }[operator];
  });
  return [...labels, ...expressions].join(',');
}

/** Throws for what no caller can go on with; 404 and 409 are left to it. */
function refuse({ status, body }: HttpsAnswer, what: string): void {
  if (status < 400 || status === 404 || status === 409) return;
  const said = `${what}: ${messageOf(body)} (status ${status})`;
  if (status === 429 || status >= 500) throw new TryAgainError(said);
  if (status === 401) {
    throw new KubernetesUnauthorizedError(
      `${said}. The cluster does not know the role that signs, or its token is of no use there: give the role an access entry ` +
        '(aws eks create-access-entry) or a line in aws-auth, or renew the token in the secret, then redrive',
    );
  }
  if (status === 403) {
    throw new KubernetesForbiddenError(
      `${said}. The role is known and may not do this: its group needs get on deployments, patch on deployments/scale and ` +
        'list on pods in that namespace (Role and RoleBinding), then redrive',
    );
  }
  throw new KubernetesRefusedError(`${said}. Repair what the cluster names, then redrive`);
}

/** The text of a Status, or what came instead. */
function messageOf(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message).slice(0, 500);
  } catch {
    return body.slice(0, 200);
  }
}

function read<T>({ body }: HttpsAnswer): T {
  try {
    return JSON.parse(body) as T;
  } catch (cause) {
    throw new TryAgainError(`the API server answers no JSON: ${body.slice(0, 100)}`, { cause });
  }
}
