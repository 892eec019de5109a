// The real AWS CLI, as an operator calls it, and the same calls on the wire without any client.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';

const MISSING = `The proofs of operators' tools need the AWS CLI of PyPI, one that knows redrive-execution:
  python3 -m venv .venv && .venv/bin/pip install -r scripts/ci/requirements-operators.txt
  AWS_CLI=$PWD/.venv/bin/aws npx jest --config jest.slow.config.cjs operators-tools --runInBand --forceExit`;

/** Path of the CLI; says how to install it where there is none. */
export function awsCli(): string {
  const cli = process.env.AWS_CLI;
  if (cli === undefined || !existsSync(cli)) throw new Error(MISSING);
  return cli;
}

// biome-ignore lint/suspicious/noExplicitAny: what a command prints is whatever the test says
export type Printed = any;

/** What a command that failed says. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** `aws stepfunctions describe-execution --execution-arn …`; without credentials of its own anywhere. */
export function aws(cloud: Cloud, ...args: readonly string[]): Promise<Printed> {
  const { accessKeyId, secretAccessKey, sessionToken } = cloud.operatorCredentials;
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    AWS_CONFIG_FILE: path.join(__dirname, 'aws-cli.ini'),
    AWS_ENDPOINT_URL: cloud.endpointUrl,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
    // As where a proxy is set for the world outside: addresses of this computer are excepted.
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
  };
  return new Promise((resolve, reject) => {
    const all = [...args, '--output', 'json'];
    execFile(awsCli(), all, { env, maxBuffer: 2 ** 26 }, (error, out, said) => {
      if (error) reject(new CliError(said.trim() || error.message));
      else resolve(out === '' ? undefined : JSON.parse(out));
    });
  });
}

/** An answer as it is on the wire. */
export async function onWire(cloud: Cloud, target: string, input: object) {
  const { accessKeyId } = cloud.operatorCredentials;
  const headers = {
    'x-amz-target': target,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/any/aws4_request`,
  };
  const body = JSON.stringify(input);
  const answer = await fetch(cloud.endpointUrl, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Printed };
}
