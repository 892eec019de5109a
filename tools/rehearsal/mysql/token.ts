// Authentication by IAM: the client sends a token in clear text over TLS, and the role that signed it needs
// rds-db:connect. MariaDB knows such a user without a password; nobody comes to it past the door.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html

import type { Callers } from '../iam/callers';
import type { Iam } from '../iam/iam';
import { ServiceError } from '../types';
import { Packet, SqlError } from './packets';

/** What a token is weighed by. */
export interface TokenWorld {
  readonly callers: Callers;
  readonly iam: Iam;
  /** `arn:aws:rds-db:<region>:<account>:dbuser:<resource id>/`, without the user. */
  readonly users: string;
  readonly now: number;
}

/** Behind the fixed fields of the client's first packet: its name, then its proof. */
const NAME_AT = 32;

/** Asks a client for its token: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html */
export const askForToken = (sequence: number): Packet =>
  Packet.of(sequence, Buffer.from('\xfemysql_clear_password\0', 'latin1'));

/** A client's first packet with no proof in it. */
export function withoutProof({ sequence, payload }: Packet): Packet {
  const at = payload.indexOf(0, NAME_AT) + 1;
  const rest = payload.subarray(at + 1 + payload[at]!);
  return Packet.of(sequence, Buffer.concat([payload.subarray(0, at), Buffer.from([0]), rest]));
}

/** Throws what Aurora says when a token lets nobody in. */
export function checkToken(token: string, user: string, world: TokenWorld): void {
  const refused = new SqlError(1045, '28000', `Access denied for user '${user}'@'%'`);
  const signed = URL.canParse(`https://${token}`)
    ? new URL(`https://${token}`).searchParams
    : undefined;
  const [, y, mo, d, h, mi, s] =
    /^(....)(..)(..)T(..)(..)(..)Z$/.exec(signed?.get('X-Amz-Date') ?? '') ?? [];
  const made = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  const lives = Number(signed?.get('X-Amz-Expires')) * 1000;
  if (signed?.get('DBUser') !== user || !(world.now < made + lives)) throw refused;
  try {
    const { principal } = world.callers.find(signed.get('X-Amz-Credential')?.split('/')[0]);
    world.iam.authorize(principal, 'rds-db:connect', `${world.users}${user}`);
  } catch (error) {
    if (error instanceof ServiceError) throw refused;
    throw error;
  }
}
