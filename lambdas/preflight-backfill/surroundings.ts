// What else a back-fill needs: the Deployment of the regular job, the role Redshift works with, and an empty
// place in S3.

import type { ClusterRef } from '../shared/kubernetes/access';
import type { KubernetesApi } from '../shared/kubernetes/api';
import type { Ledger } from '../shared/ledger';
import { clusterOf, refOf } from '../shared/quiesced/deployment';
import { type QuiescedItem, quiescedKey } from '../shared/quiesced/record';
import type { Thing } from '../shared/quiesced/thing';
import { inGroups, reach } from '../shared/rdw/reach';
import type { TenantWork } from '../shared/rdw/tenant';
import { asFinding, type Findings } from './findings';

/**
 * Reads the Deployment and its pods, with the rights that holding it still takes, but for the right to scale.
 *
 * @returns whether it has replicas
 */
export async function lookAtDeployment(
  thing: Thing,
  open: (cluster: ClusterRef) => Promise<KubernetesApi>,
  held: QuiescedItem | undefined,
  findings: Findings,
): Promise<boolean> {
  const runs = await asFinding(findings, 'Kubernetes', async () => {
    const api = await open(clusterOf(thing));
    const ref = refOf(thing);
    const found = await api.deployment(ref);
    if (!found) {
      findings.add(
        'Kubernetes',
        `there is no deployment ${ref.name} in namespace ${ref.namespace}: look at kubernetes in the configuration`,
      );
      return true;
    }
    await api.pods(ref, found);
    const replicas = found.spec.replicas ?? 1;
    if (held && held.restoredAt === undefined) return replicas > 0;
    if (replicas === 0) {
      findings.add(
        'Kubernetes',
        `deployment ${ref.name} has 0 replicas, and no run of this stack that still works has made it so: the run would give back 0. ` +
          'Find out who holds the regular job still, and scale it to 1 before the run',
      );
    }
    if (replicas > 1) {
      findings.add(
        'Kubernetes',
        `deployment ${ref.name} has ${replicas} replicas; the regular job supports one`,
      );
    }
    return replicas > 0;
  });
  return runs ?? true;
}

/** What the run itself has held still, when it goes on. */
export const heldBy = (ledger: Ledger, runId: string, thing: Thing) =>
  ledger.get<QuiescedItem>(quiescedKey(runId, thing));

/** Asks for the roles of the warehouse. */
export type RolesOf = () => Promise<readonly { readonly arn: string; readonly status: string }[]>;

export async function lookAtRole(
  copyRoleArn: string,
  rolesOf: RolesOf,
  findings: Findings,
): Promise<void> {
  const roles = await asFinding(findings, 'Redshift', () => reach('Redshift', rolesOf()));
  const found = roles?.find(({ arn }) => arn === copyRoleArn);
  if (roles === undefined || found?.status === 'in-sync') return;
  findings.add(
    'Redshift',
    found
      ? `role ${copyRoleArn} is ${found.status} at the warehouse and not in-sync; wait until it is`
      : `role ${copyRoleArn} is not associated with the warehouse: associate it, or correct copyRoleArn in the configuration`,
  );
}

/** One key below a prefix, or why there is no answer. */
export type FirstKey = (bucket: string, prefix: string) => Promise<string | undefined>;

/** @param own whether objects of this run may lie there already */
export async function lookAtPlaces(
  works: readonly TenantWork[],
  firstKey: FirstKey,
  own: boolean,
  findings: Findings,
): Promise<void> {
  const buckets = [...new Set(works.map(({ bucket }) => bucket))];
  const closed = new Set<string>();
  for (const bucket of buckets) {
    const { folder } = works.find((work) => work.bucket === bucket)!;
    const reached = await asFinding(findings, `bucket ${bucket}`, async () => {
      await reach('S3', firstKey(bucket, `${folder}/`));
      return true;
    });
    if (!reached) closed.add(bucket);
  }
  await inGroups(
    works.filter(({ bucket }) => !closed.has(bucket)),
    5,
    async ({ id, bucket, folder }) => {
      const key = await firstKey(bucket, `${folder}/`);
      if (key === undefined || own) return;
      findings.add(
        id,
        `s3://${bucket}/${folder}/ is not empty (${key}): the folder belongs to this run alone; look whose objects these are and remove them`,
      );
    },
  );
}
