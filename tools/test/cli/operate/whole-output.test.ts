// The command as a process of its own: what it printed arrives whole, however slowly it is read.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { executionArn, StandIn, seconds } from './stand-in';

const BIN = path.join(__dirname, '../../../bin/runbooks.cjs');
const ARN = executionArn('one');
/** More than a pipe or a socket holds. */
const LONG = 4_000_000;

let aws: StandIn;
beforeEach(async () => {
  aws = new StandIn();
  await aws.start();
  aws.answers['states.DescribeExecution'] = () => ({
    ...{ executionArn: ARN, status: 'FAILED', error: 'Boom', cause: 'x'.repeat(LONG) },
    ...{ startDate: seconds('2026-01-31T10:00:00Z'), stopDate: seconds('2026-01-31T11:00:00Z') },
  });
});
afterEach(() => aws.stop());

/** The command, at the point where it has only its document left to print. */
async function atItsEnd() {
  const args = ['watch', ARN, '--json', '--endpoint-url', aws.url];
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: process.env,
  });
  const exited = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.length > LONG) break;
  }
  expect(said).toContain('The execution is FAILED');
  child.stderr.resume();
  await Promise.race([exited, delay(1_000)]);
  return { child, exited };
}

it('to a reader that begins late', async () => {
  const { child, exited } = await atItsEnd();
  const { cause } = JSON.parse(await text(child.stdout)) as { cause: string };
  expect(cause).toHaveLength(LONG);
  expect((await exited)[0]).toBe(1);
});

it('and a reader that has gone holds nothing up, and is no error', async () => {
  const { child, exited } = await atItsEnd();
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout.destroy();
  expect((await exited)[0]).toBe(1);
  expect(said).not.toContain('EPIPE');
});
