// The bearer token EKS takes from a caller of IAM: a signed request to STS that nobody has sent yet. The
// cluster sends it, and learns from the answer whose it is.
// https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Checksum, SourceData } from '@smithy/types';

const PREFIX = 'k8s-aws-v1.';
/** The header that ties the token to one cluster; it is signed. */
const CLUSTER = 'x-k8s-aws-id';
/** EKS takes a request that was signed within the last quarter of an hour and may live a minute. */
const LIVES_SECONDS = 60;

/** Whom a token is for, and where its signer is known. */
export interface TokenFor {
  readonly cluster: string;
  readonly region: string;
  /** Host of STS in the region. */
  readonly stsHost: string;
}

/** Makes a token; each request gets a fresh one. */
export async function eksToken(
  { cluster, region, stsHost }: TokenFor,
  credentials: AwsCredentialIdentity,
  now: number,
): Promise<string> {
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: stsHost,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: stsHost, [CLUSTER]: cluster },
    },
    { expiresIn: LIVES_SECONDS, signingDate: new Date(now) },
  );
  const search = new URLSearchParams(query as Record<string, string>);
  return PREFIX + Buffer.from(`https://${stsHost}/?${search}`).toString('base64url');
}

/** SHA-256 as the signer asks for it. */
export class Sha256 implements Checksum {
  private hash: Hash | Hmac;

  constructor(private readonly secret?: SourceData) {
    this.hash = this.fresh();
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.fresh();
  }

  private fresh(): Hash | Hmac {
    return this.secret === undefined
      ? createHash('sha256')
      : createHmac('sha256', this.secret as Uint8Array);
  }
}
