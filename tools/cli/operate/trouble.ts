// What an error of a call means to who operates: keys to renew, a service to ask again, or a refusal.

import { RefusedError } from '../errors';

/** As far as errors of the SDK tell. */
interface Trouble {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly cause?: unknown;
  /** Of an AggregateError: a host of several addresses, each of which was tried. */
  readonly errors?: readonly unknown[];
}

/** Names by which services, and the providers of credentials, say that keys are good no more. */
const EXPIRED = [
  ...['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'],
  ...['UnrecognizedClientException', 'InvalidClientTokenId'],
  ...['CredentialsProviderError', 'TokenProviderError', 'UnauthorizedSSOTokenError'],
];
const PASSING = new RegExp(
  `^(${[
    // A network that is away, or has changed under the connection.
    ...['ECONN', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOST', 'ENET', 'TimeoutError'],
    ...['Throttling', 'TooManyRequests', 'RequestLimit', 'SlowDown', 'ProvisionedThroughput'],
  ].join('|')})`,
);

/** Whether other keys would help. */
export const isExpired = (error: unknown): boolean => EXPIRED.includes((error as Trouble).name);

/** Whether the same call may go through in a moment. */
export function isPassing(error: unknown): boolean {
  return behind(error).some(
    ({ name = '', code = '', $metadata }) =>
      PASSING.test(name) || PASSING.test(code) || ($metadata?.httpStatusCode ?? 0) >= 500,
  );
}

/** Causes that are looked into; an error may be its own cause. */
const DEEP = 5;

/** The error, its causes and the errors it is made of. */
function behind(error: unknown, deep = DEEP): Trouble[] {
  if (typeof error !== 'object' || error === null || deep === 0) return [];
  const { cause, errors = [] } = error as Trouble;
  return [error as Trouble, ...[cause, ...errors].flatMap((one) => behind(one, deep - 1))];
}

/** Whether it comes from a call of AWS, or from what such a call needs. */
const isOfAws = (error: unknown): boolean =>
  isExpired(error) || isPassing(error) || (error as Trouble).$metadata !== undefined;

const RENEW =
  'renew them (aws sso login, or the profile in ~/.aws); keys in environment variables cannot change in a process that runs';

/** What to say of keys that are good no more. */
export const expiredText = (error: unknown): string =>
  `AWS does not take the credentials (${(error as Trouble).name}: ${sentence(error)}): ${RENEW}`;

/** An error of AWS as a refusal that says what was asked; any other one as it is. */
export function refusal(error: unknown): unknown {
  if (isExpired(error)) return new RefusedError(expiredText(error), { cause: error });
  if (!isOfAws(error)) return error;
  const { name } = error as Trouble;
  const why = isPassing(error) ? 'AWS cannot be asked' : 'AWS refused';
  return new RefusedError(`${why}: ${name}: ${sentence(error)}`, { cause: error });
}

/** What it says. Some errors of connections have nothing but a code, some have it in what caused them. */
export const sentence = (error: unknown): string => {
  const said = behind(error).find(({ message, code }) => message || code);
  return (said?.message || said?.code || 'no message').replace(/\.$/, '');
};
