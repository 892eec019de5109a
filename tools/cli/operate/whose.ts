// In which account something is, and whose the keys are: what is not there may be in another account.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { RefusedError } from '../errors';
import type { Aws } from './aws';
import { isExpired, isPassing, sentence } from './trouble';

/** An account, and what says so. */
export interface Meant {
  readonly account: string;
  readonly by: string;
}

/** Errors that are heard where something is in another account. */
const NOT_THERE = /does ?not ?exist|was not found|not authorized|AccessDenied|Unauthorized/i;

/**
 * The account of what a command is about: that in its ARN, else that of the target whose stack it would be.
 *
 * @param name an ARN, or the name of a stack or of a machine, which begin with that of their target
 * @param folder where the targets are
 */
export function accountOf(name: string, folder = 'config'): Meant | undefined {
  if (name.startsWith('arn:')) {
    const account = name.split(':')[4];
    return account ? { account, by: 'its ARN' } : undefined;
  }
  const targets = namesIn(folder).filter((target) => name.startsWith(`${target}-`));
  const [longest] = targets.sort((a, b) => b.length - a.length);
  if (longest === undefined) return undefined;
  const file = path.join(folder, `${longest}.json`);
  try {
    const { account } = JSON.parse(readFileSync(file, 'utf8')) as { account?: unknown };
    return typeof account === 'string' ? { account, by: file } : undefined;
  } catch {
    // A file that nobody can read says nothing; the command has an error of its own to tell.
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    return files.map((file) => file.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

/** Account of the keys, which everybody may ask for; undefined where nobody answers. */
export async function accountOfKeys(aws: Aws): Promise<string | undefined> {
  try {
    const client = aws.of('sts', (settings) => new STSClient(settings));
    return (await client.send(new GetCallerIdentityCommand({}))).Account;
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with keys of another account; undefined when they are of this one, or nobody knows.
 *
 * @param what that is not there
 */
export async function otherAccount(
  aws: Aws,
  what: string,
  meant: Meant,
): Promise<string | undefined> {
  const account = await accountOfKeys(aws);
  return account === undefined || account === meant.account
    ? undefined
    : `these keys are of account ${account}, and ${what} is of account ${meant.account}, as ${meant.by} says`;
}

/**
 * An error of something that is not there, or may not be asked for, as a refusal that tells of keys of another
 * account; any other one as it is.
 *
 * @param named what the command is about; the first that says an account counts
 */
export async function toldOfAccount(
  error: unknown,
  aws: Aws,
  named: readonly (string | undefined)[],
): Promise<unknown> {
  const { name, message } = error as Error;
  if (isExpired(error) || isPassing(error) || !NOT_THERE.test(`${name} ${message}`)) return error;
  for (const what of named) {
    const meant = what === undefined ? undefined : accountOf(what);
    if (meant === undefined) continue;
    const other = await otherAccount(aws, what!, meant);
    return other === undefined
      ? error
      : new RefusedError(`${other}: ${sentence(error)}`, { cause: error });
  }
  return error;
}
