// Who a task is to ClickHouse: what its secret says.

import { ClickHouseCredentialsError } from '../errors';
import type { ClickHouseRef } from './ref';

/** What a connection is opened with. */
export interface ClickHouseLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Whom to trust, in PEM. @default - the public authorities */
  readonly ca?: string;
}

/** Reads a secret: its text, or undefined when it has none. */
export type ReadSecret = (arn: string) => Promise<string | undefined>;

/**
 * Reads the secret. A secret that names a `url` is believed: when the host is replaced it is the secret
 * that follows.
 *
 * @throws ClickHouseCredentialsError
 */
export async function loginFor(
  { url, secretArn, caSecretArn }: Pick<ClickHouseRef, 'url' | 'secretArn' | 'caSecretArn'>,
  secret: ReadSecret,
): Promise<ClickHouseLogin> {
  const { username, password, url: told } = membersOf(await secret(secretArn));
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new ClickHouseCredentialsError(
      `secret ${secretArn} holds no JSON with username and password. Nothing was changed; repair it and redrive`,
    );
  }
  const ca = caSecretArn ? pemOf(await secret(caSecretArn), caSecretArn) : undefined;
  return {
    url: typeof told === 'string' ? told : url,
    username,
    password,
    ...(ca !== undefined && { ca }),
  };
}

/** The authority as the secret's text, or as member `certificateAuthority` of its JSON. */
function pemOf(text = '', arn: string): string {
  const pem = text.includes('-----BEGIN') && !text.trimStart().startsWith('{');
  const found = pem ? text : membersOf(text).certificateAuthority;
  if (typeof found === 'string' && found.includes('-----BEGIN')) return found;
  throw new ClickHouseCredentialsError(
    `secret ${arn} holds no certificate authority in PEM. Nothing was changed; repair it and redrive`,
  );
}

function membersOf(text = ''): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
