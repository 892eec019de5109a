// The file of `runbooks account` that a shell takes with `source`. Its first line says whose it is: a file of
// somebody else, an `.env` of a project say, is never written over and never removed.

import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import * as path from 'node:path';
import type { RunningCloud } from '../rehearsal/cloud';
import { UsageError } from './errors';
import { isAlive } from './leftovers';

const HEAD = '# account of a rehearsal, process ';
const OWN_HEAD = `${HEAD}${process.pid}\n`;

/**
 * Sees that the file may be written: it is not there, or an account left it that is gone.
 *
 * @throws UsageError when it is somebody else's, or cannot be written
 */
export async function claimEnv(file: string): Promise<void> {
  const text = textOf(file);
  if (text === undefined) return writable(path.dirname(path.resolve(file)), file);
  const process = ownerOf(text);
  if (process === undefined) {
    throw new UsageError(
      `${file} is there and no account of a rehearsal wrote it: it stays as it is; give another --env`,
    );
  }
  if (isAlive(process) && (await answers(text))) {
    throw new UsageError(
      `${file} has the keys of the account that process ${process} serves: end that one, or give another --env`,
    );
  }
  writable(file, file);
}

/** Writes address and keys, for the owner's eyes only. @throws UsageError as {@link claimEnv} */
export async function writeEnv(file: string, cloud: RunningCloud): Promise<void> {
  // Starting took its time: somebody may have written the file meanwhile.
  await claimEnv(file);
  // The rights of a file that is there would stay as they are.
  rmSync(file, { force: true });
  writeFileSync(file, OWN_HEAD + environment(cloud), { mode: 0o600, flag: 'wx' });
}

/** Removes the file: keys of an account that is gone help nobody. Somebody else's stays. */
export function removeEnv(file: string): void {
  if (textOf(file)?.startsWith(OWN_HEAD)) rmSync(file, { force: true });
}

/** What a shell takes with `source`, and every AWS tool understands. */
function environment({ endpointUrl, region, operatorCredentials: keys }: RunningCloud): string {
  const variables = {
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}

/** Process of the account that wrote the file. */
function ownerOf(text: string): number | undefined {
  const [first = ''] = text.split('\n');
  return /^\d+$/.test(first.slice(HEAD.length)) && first.startsWith(HEAD)
    ? Number(first.slice(HEAD.length))
    : undefined;
}

/** Whether the account in the file is there: another process may have got the number of one that was killed. */
function answers(text: string): Promise<boolean> {
  const port = /^export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:(\d+)'$/m.exec(text)?.[1];
  if (port === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    const say = (there: boolean) => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', () => say(true)).once('error', () => say(false));
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UsageError(`${file} cannot be read (${code}); give another --env`);
  }
}

function writable(place: string, file: string): void {
  try {
    accessSync(place, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be written (${code}); give another --env`);
  }
}
