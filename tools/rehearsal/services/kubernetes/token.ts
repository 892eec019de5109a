// What a cluster reads from a bearer token of EKS: a signed request to STS. It is not sent and its
// signature not checked, so neither is which cluster it names; the access key says whose it is.
// https://github.com/kubernetes-sigs/aws-iam-authenticator

const PREFIX = 'k8s-aws-v1.';
const SIGNED_AT_MOST_MS = 15 * 60_000;

/** The access key a token was signed with. */
export function accessKeyOf(authorization = ''): string | undefined {
  return urlOf(authorization)?.searchParams.get('X-Amz-Credential')?.split('/')[0];
}

/** Whether a cluster would send the request that the token is. */
export function isGood(authorization: string | undefined, now: number): boolean {
  const url = urlOf(authorization);
  if (url?.protocol !== 'https:' || !url.hostname.startsWith('sts.') || url.pathname !== '/') {
    return false;
  }
  const get = (name: string) => url.searchParams.get(name) ?? '';
  const signedAt = Date.parse(
    get('X-Amz-Date').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  const headers = get('X-Amz-SignedHeaders').split(';');
  return (
    get('Action') === 'GetCallerIdentity' &&
    /\/sts\/aws4_request$/.test(get('X-Amz-Credential')) &&
    /^[0-9a-f]{64}$/.test(get('X-Amz-Signature')) &&
    headers.includes('host') &&
    headers.includes('x-k8s-aws-id') &&
    Math.abs(now - signedAt) <= SIGNED_AT_MOST_MS
  );
}

function urlOf(authorization = ''): URL | undefined {
  const [, token] = /^Bearer (.+)$/.exec(authorization) ?? [];
  if (!token?.startsWith(PREFIX)) return undefined;
  try {
    return new URL(Buffer.from(token.slice(PREFIX.length), 'base64url').toString());
  } catch {
    return undefined;
  }
}
