// Clients for what lies in the region of a pipeline; made once a container.

import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

const sfn = new Map<string, SFNClient>();
const s3 = new Map<string | undefined, S3Client>();

export function foreignSfn(region: string): SFNClient {
  const client = sfn.get(region) ?? new SFNClient({ region, maxAttempts: 4 });
  sfn.set(region, client);
  return client;
}

/** Text of an object by its `s3://` address. */
export async function readObject(uri: string, region?: string): Promise<string> {
  const { bucket: Bucket, key: Key } = placeOf(uri);
  const { Body } = await foreignS3(region).send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}

/** Whether any object lies below an `s3://` prefix. */
export async function anyObject(prefix: string, region?: string): Promise<boolean> {
  const { bucket: Bucket, key: Prefix } = placeOf(prefix);
  const { KeyCount } = await foreignS3(region).send(
    new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }),
  );
  return KeyCount !== 0;
}

function foreignS3(region: string | undefined): S3Client {
  const client = s3.get(region) ?? new S3Client({ region, maxAttempts: 4 });
  s3.set(region, client);
  return client;
}

function placeOf(uri: string): { readonly bucket?: string; readonly key?: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  return { bucket, key };
}
