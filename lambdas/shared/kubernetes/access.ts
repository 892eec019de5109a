// How tasks come to a cluster: where it is from the configuration or a secret, who they are from IAM or
// a token in that secret.

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fromEnv, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AwsCredentialIdentity } from '@smithy/types';
import { perRegion } from '../clients';
import { systemClock } from '../clock';
import { KubernetesUnauthorizedError, KubernetesUnreachableError } from '../errors';
import { KubernetesApi } from './api';
import { eksToken } from './token';

/** A cluster as payloads name it. */
export interface ClusterRef {
  readonly name: string;
  readonly region: string;
  /** Address of the API server; the secret's counts first. */
  readonly endpoint?: string;
  /** PEM, or base64 of it as EKS shows it; the secret's counts first. */
  readonly certificateAuthority?: string;
  /** Secret with JSON that may have the members endpoint, certificateAuthority and token. */
  readonly secretArn?: string;
  /** Role that signs the tokens. @default - the task's own */
  readonly roleArn?: string;
  /** Host of STS in the cluster's region. */
  readonly stsHost: string;
  /** Whether the task runs in a VPC to reach it. */
  readonly inVpc: boolean;
}

export interface AccessDeps {
  /** Value of a secret, or undefined when it has none as text. */
  secret(arn: string): Promise<string | undefined>;
  /** Credentials of a role, or the task's own. */
  credentials(roleArn: string | undefined, region: string): Promise<AwsCredentialIdentity>;
  now(): number;
}

interface ClusterSecret {
  readonly endpoint?: string;
  readonly certificateAuthority?: string;
  readonly token?: string;
}

/** The API of a cluster. */
export async function openCluster(ref: ClusterRef, deps: AccessDeps): Promise<KubernetesApi> {
  const secret = await secretOf(ref, deps);
  const endpoint = secret.endpoint ?? ref.endpoint;
  if (!endpoint || !/^https:\/\/[^/\s]+/.test(endpoint)) {
    throw new KubernetesUnreachableError(
      `the address of cluster ${ref.name} is ${endpoint ? `"${endpoint}" and not an https URL` : 'not known'}: ` +
        'set endpoint in the configuration or in the secret of the cluster, then redrive',
    );
  }
  const ca = secret.certificateAuthority ?? ref.certificateAuthority;
  return new KubernetesApi({
    endpoint,
    ca: ca && pemOf(ca),
    inVpc: ref.inVpc,
    token: async () =>
      secret.token ??
      eksToken(
        { cluster: ref.name, region: ref.region, stsHost: ref.stsHost },
        await deps.credentials(ref.roleArn, ref.region),
        deps.now(),
      ),
  });
}

async function secretOf({ secretArn, name }: ClusterRef, deps: AccessDeps): Promise<ClusterSecret> {
  if (secretArn === undefined) return {};
  const value = await deps.secret(secretArn);
  const members = jsonOf(value ?? '');
  const texts = Object.entries(members).every(([, member]) => typeof member === 'string');
  // What cannot stand in a header is no token; its value must not reach the message.
  const { token } = members as ClusterSecret;
  if (texts && (token === undefined || /^[\x21-\x7e]{1,16384}$/.test(token))) return members;
  throw new KubernetesUnauthorizedError(
    `secret ${secretArn} of cluster ${name} must hold JSON with members endpoint, certificateAuthority and token, each a text and each ` +
      'optional. Repair it, then redrive',
  );
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said by the caller, without the text.
  }
  return { '': undefined };
}

const pemOf = (text: string): string =>
  text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString();

const secrets = perRegion((settings) => new SecretsManagerClient(settings));
const providers = new Map<string, () => Promise<AwsCredentialIdentity>>();

/** The deps of this container. */
export const ACCESS: AccessDeps = {
  async secret(arn) {
    const client = secrets(arn.split(':')[3]!);
    return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  },
  async credentials(roleArn, region) {
    if (roleArn === undefined) return fromEnv()();
    // A provider keeps its session until shortly before that expires.
    let provider = providers.get(roleArn);
    if (!provider) {
      const params = { RoleArn: roleArn, RoleSessionName: 'upgrade-runbooks' };
      provider = kept(fromTemporaryCredentials({ params, clientConfig: { region } }));
      providers.set(roleArn, provider);
    }
    return provider();
  },
  now: systemClock.now,
};

/** A session is used until five minutes before its end. */
function kept(assume: () => Promise<AwsCredentialIdentity>): () => Promise<AwsCredentialIdentity> {
  let session: AwsCredentialIdentity | undefined;
  return async () => {
    const left = (session?.expiration?.getTime() ?? 0) - systemClock.now();
    if (left < 300_000) session = await assume();
    return session!;
  };
}
