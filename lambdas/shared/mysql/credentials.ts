// Who a task is to MySQL: what a secret says, or a token of IAM.

import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';
import { MySqlCredentialsError } from '../errors';
import { Sha256 } from '../kubernetes/token';
import type { MySqlRef } from './ref';

export type { MySqlRef } from './ref';

/** What a connection is opened with. */
export interface MySqlLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The password is a token, which MySQL takes in clear text and thus only over TLS. */
  readonly token: boolean;
  /** Whom to trust, in PEM. @default - the authorities of RDS */
  readonly certificateAuthority?: string;
}

export interface CredentialDeps {
  /** Value of a secret, or undefined when it has none as text. */
  secret(arn: string, region: string): Promise<string | undefined>;
  credentials(): Promise<AwsCredentialIdentity>;
  now(): number;
}

/** A token lives this long; a connection outlives it. */
const TOKEN_SECONDS = 900;

/**
 * Reads the secret or makes a token. A secret that names a host, as those of RDS do, is believed: when a
 * cluster is replaced it is the secret that follows. It may also name the authority of a proxy's certificate.
 */
export async function loginFor(deps: CredentialDeps, ref: MySqlRef): Promise<MySqlLogin> {
  const { host, port, secretArn, user, region } = ref;
  if (secretArn !== null) {
    return {
      host,
      port,
      token: false,
      ...loginIn(await deps.secret(secretArn, region), secretArn),
    };
  }
  if (user === null) throw new MySqlCredentialsError('neither a secret nor a user is configured');
  const password = await token(deps, { ...ref, user });
  return { host, port, user, password, token: true };
}

function loginIn(
  text: string | undefined,
  arn: string,
): Pick<MySqlLogin, 'user' | 'password' | 'certificateAuthority'> & {
  host?: string;
  port?: number;
} {
  const { username, password, host, port, certificateAuthority } = membersOf(text);
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new MySqlCredentialsError(
      `secret ${arn} holds no JSON with username and password. Nothing was changed; repair it and redrive`,
    );
  }
  return {
    user: username,
    password,
    ...(typeof host === 'string' && { host }),
    ...(Number(port) > 0 && { port: Number(port) }),
    ...(typeof certificateAuthority === 'string' && { certificateAuthority }),
  };
}

function membersOf(text = ''): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.Connecting.html */
async function token(
  { credentials, now }: CredentialDeps,
  { host, port, user, region }: MySqlRef & { readonly user: string },
): Promise<string> {
  const signer = new SignatureV4({
    service: 'rds-db',
    region,
    credentials: await credentials(),
    sha256: Sha256,
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      port,
      path: '/',
      query: { Action: 'connect', DBUser: user },
      headers: { host: `${host}:${port}` },
    },
    { expiresIn: TOKEN_SECONDS, signingDate: new Date(now()) },
  );
  return `${host}:${port}/?${new URLSearchParams(query as Record<string, string>)}`;
}
