// Clients for what lies in the region of a pipeline; made once a container.

import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
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
  const client = s3.get(region) ?? new S3Client({ region, maxAttempts: 4 });
  s3.set(region, client);
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}
