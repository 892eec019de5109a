// Questions to Redshift and S3 in the region of the warehouse, and what their answers mean.

import {
  type ClusterIamRole,
  DescribeClustersCommand,
  type RedshiftClient,
} from '@aws-sdk/client-redshift';
import {
  GetNamespaceCommand,
  GetWorkgroupCommand,
  type RedshiftServerlessClient,
} from '@aws-sdk/client-redshift-serverless';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { WarehouseTarget } from '../shared/data-api';
import { BucketError } from '../shared/errors';
import type { FirstKey, RolesOf } from './surroundings';

/** Roles of a cluster. */
export async function clusterRoles(
  client: Pick<RedshiftClient, 'send'>,
  ClusterIdentifier: string,
): ReturnType<RolesOf> {
  const { Clusters = [] } = await client.send(new DescribeClustersCommand({ ClusterIdentifier }));
  return (Clusters[0]?.IamRoles ?? []).map(({ IamRoleArn, ApplyStatus }: ClusterIamRole) => ({
    arn: IamRoleArn ?? '',
    status: ApplyStatus ?? 'unknown',
  }));
}

/** Roles of the namespace of a workgroup, which come as texts: `IamRole(applyStatus=in-sync, iamRoleArn=…)`. */
export async function namespaceRoles(
  client: Pick<RedshiftServerlessClient, 'send'>,
  workgroupName: string,
): ReturnType<RolesOf> {
  const { workgroup } = await client.send(new GetWorkgroupCommand({ workgroupName }));
  const { namespace } = await client.send(
    new GetNamespaceCommand({ namespaceName: workgroup!.namespaceName! }),
  );
  return (namespace?.iamRoles ?? []).map((text) => ({
    arn: /iamRoleArn=([^,)\s]+)/.exec(text)?.[1] ?? text,
    status: /applyStatus=([^,)\s]+)/.exec(text)?.[1] ?? 'in-sync',
  }));
}

/** Asks by the task's own rights, which the stack gives it. */
export const rolesOf =
  (
    { cluster, workgroup }: WarehouseTarget,
    redshift: Pick<RedshiftClient, 'send'>,
    serverless: Pick<RedshiftServerlessClient, 'send'>,
  ): RolesOf =>
  () =>
    cluster !== undefined
      ? clusterRoles(redshift, cluster)
      : namespaceRoles(serverless, workgroup!);

/** How S3 says that a bucket is in another region. */
const ELSEWHERE = /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint)/;

export const firstKeyOf =
  (client: Pick<S3Client, 'send'>, region: string): FirstKey =>
  async (Bucket, Prefix) => {
    try {
      const { Contents } = await client.send(
        new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }),
      );
      return Contents?.[0]?.Key;
    } catch (error) {
      const { name, $metadata, $response } = error as Error & {
        $metadata?: { httpStatusCode?: number };
        $response?: { headers?: Record<string, string> };
      };
      if (name === 'NoSuchBucket') {
        throw new BucketError(`there is no bucket ${Bucket}: look at bucket in the configuration`);
      }
      if (ELSEWHERE.test(name) || $metadata?.httpStatusCode === 301) {
        const there = $response?.headers?.['x-amz-bucket-region'];
        throw new BucketError(
          `bucket ${Bucket} is ${there ? `in ${there}` : 'in another region'}, the warehouse in ${region}: Redshift reads manifests in its own region only; name a bucket there`,
        );
      }
      throw error;
    }
  };
