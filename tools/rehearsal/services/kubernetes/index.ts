// The API server of a cluster, as far as holding a Deployment still needs it. Who calls is an IAM role,
// and what it may do here stands in the cluster, not in IAM.
// https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html

import { sessionArn } from '../../iam/iam';
import { like } from '../../iam/policy';
import { type Clock, type Principal, ServiceError, type ServiceRequest } from '../../types';
import type { HttpAnswer, HttpInput, RestService } from '../protocols';
import { isGood } from './token';
import { type DeploymentData, Workload } from './workload';

export { selfSigned } from './certificate';
export { accessKeyOf } from './token';

/** Key `kubernetes` of `cloud.json`. */
export interface KubernetesData {
  readonly deployments: readonly DeploymentData[];
  /** Roles the cluster knows. One that is not here is not let in. */
  readonly access: readonly {
    /** ARN; `*` stands for what is generated. */
    readonly role: string;
    /** What it may do: `get deployments`, `patch deployments/scale`, `list pods`. */
    readonly verbs: readonly string[];
    /** @default - every namespace */
    readonly namespace?: string;
  }[];
  /** Secret that gets the members `endpoint` and `certificateAuthority` when the cluster starts. */
  readonly secret?: string;
}

const DEPLOYMENT = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/deployments\/([^/]+?)(\/scale)?$/;
const PODS = /^\/api\/v1\/namespaces\/([^/]+)\/pods$/;

interface Place {
  readonly operation: string;
  readonly namespace: string;
  readonly name?: string;
}

function placeOf({ method, path }: HttpInput): Place | undefined {
  const [, namespace = '', name, scale = ''] = DEPLOYMENT.exec(path) ?? [];
  const read = method === 'GET';
  if (name && (read || (method === 'PATCH' && scale))) {
    return { operation: `${read ? 'get' : 'patch'} deployments${scale}`, namespace, name };
  }
  const [, inNamespace] = PODS.exec(path) ?? [];
  return read && inNamespace ? { operation: 'list pods', namespace: inNamespace } : undefined;
}

export class KubernetesService implements RestService {
  readonly target = 'kubernetes';
  readonly protocol = 'kubernetes';
  private readonly workloads: Workload[];

  constructor(
    private readonly clock: Clock,
    private readonly data: KubernetesData,
  ) {
    this.workloads = data.deployments.map((one) => new Workload(one, clock));
  }

  operationOf(input: HttpInput): string | undefined {
    return placeOf(input)?.operation;
  }

  /** A Deployment, for who looks or meddles from outside. */
  workload(namespace: string, name: string): Workload | undefined {
    return this.workloads.find(({ data }) => data.namespace === namespace && data.name === name);
  }

  /** Somebody deletes a deployment. */
  remove(namespace: string, name: string): void {
    const found = this.workload(namespace, name);
    if (found) this.workloads.splice(this.workloads.indexOf(found), 1);
  }

  async call({ input, principal }: ServiceRequest<HttpInput>): Promise<HttpAnswer> {
    const place = placeOf(input)!;
    this.admit(input, principal, place);
    if (place.operation === 'list pods') return answer(this.pods(input, place));
    const found = this.workload(place.namespace, place.name!);
    if (!found) {
      const message = `deployments.apps "${place.name}" not found`;
      throw new ServiceError('NotFound', message, 404);
    }
    if (place.operation === 'get deployments') return answer(found.deployment());
    if (input.method === 'GET') return answer(found.scaleObject());
    const { replicas, version } = patchOf(input);
    const manager = input.query.get('fieldManager') ?? 'unknown';
    return answer(found.scale(replicas, manager, version));
  }

  private admit({ headers }: HttpInput, principal: Principal, place: Place): void {
    const { operation, namespace, name } = place;
    const known = this.data.access.filter(({ role }) => like(role, principal.arn));
    if (!isGood(headers.authorization as string, this.clock.now()) || known.length === 0) {
      throw new ServiceError('Unauthorized', 'Unauthorized', 401);
    }
    const here = known.filter((one) => (one.namespace ?? namespace) === namespace);
    if (here.some(({ verbs }) => verbs.includes(operation))) return;
    const [verb, resource = ''] = operation.split(' ');
    const group = resource === 'pods' ? '' : 'apps';
    const what = `${resource.replace(/\/.*/, '')}${group && `.${group}`}${name ? ` "${name}"` : ''}`;
    throw new ServiceError(
      'Forbidden',
      `${what} is forbidden: User "${sessionArn(principal)}" cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${namespace}"`,
      403,
    );
  }

  /** Selectors of the form `app=name` are all that Deployments here have. */
  private pods({ query }: HttpInput, { namespace }: Place): object {
    const selector = query.get('labelSelector') ?? '';
    if (!/^(app=[^,=!]+)?$/.test(selector)) {
      throw new ServiceError('BadRequest', `the rehearsal does not know selector ${selector}`);
    }
    const app = selector.slice('app='.length);
    const items = this.workloads
      .filter(({ data }) => data.namespace === namespace && (!app || data.name === app))
      .flatMap((one) => one.podObjects());
    return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items };
  }
}

const answer = (body: object): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** A merge patch of a Scale. */
function patchOf({ headers, body }: HttpInput) {
  if (headers['content-type'] !== 'application/merge-patch+json') {
    const message = 'the body of the request was in an unknown format';
    throw new ServiceError('UnsupportedMediaType', message, 415);
  }
  const { metadata, spec } = JSON.parse(body.toString()) as {
    readonly metadata?: { readonly resourceVersion?: string };
    readonly spec?: { readonly replicas?: unknown };
  };
  const replicas = Number(spec?.replicas);
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw new ServiceError('Invalid', 'spec.replicas: Invalid value', 422);
  }
  return { replicas, version: metadata?.resourceVersion };
}
