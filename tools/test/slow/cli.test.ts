// The command as a newcomer has it: a process of its own, built from the checkout, twice at a time,
// interrupted, and leaving nothing behind.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ROOT, synthesize } from '../../cli/assembly';
import type { Summary } from '../../cli/summary';

const RUNBOOKS = path.join(ROOT, 'tools/bin/runbooks.cjs');
const MIGRATION = [
  'rehearse',
  'clickstream-data-migration',
  '--rows',
  '3000',
  '--clock',
  'virtual',
];

/** On the real clock nobody waits for loads on their way: that takes minutes. */
const inputs = mkdtempSync(path.join(tmpdir(), 'inputs-'));
const AT_ONCE = path.join(inputs, 'input.json');
writeFileSync(
  AT_ONCE,
  JSON.stringify({ appIds: ['shop'], migration: { days: 30, batchDays: 5 }, quietPeriod: false }),
);
const REAL = ['rehearse', 'clickstream-data-migration', '--input', AT_ONCE, '--rows'];
afterAll(() => rmSync(inputs, { recursive: true }));

let folder: string;
beforeEach(() => {
  // In a path with a blank: also the folder for temporary files, so that what stays behind is seen.
  folder = mkdtempSync(path.join(tmpdir(), 'cli test '));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, TMPDIR: folder, HTTPS_PROXY: 'http://127.0.0.1:9' };
  const child = spawn(process.execPath, [RUNBOOKS, ...args], { cwd: folder, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

/** Resolves when the output shows it; without anything to show, when it has begun to build. */
async function shown(child: ChildProcess, seen: RegExp | undefined): Promise<void> {
  if (seen) await said(child.stdout!, seen);
  else while (readdirSync(folder).length === 0) await delay(20);
}

/** Resolves with the match when the text appears. */
function said(stream: Readable, wanted: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (part) => {
      text += part;
      const match = wanted.exec(text);
      if (match) resolve(match);
    });
  });
}

/** Command lines of processes that work in the test's folder or in the server's, but not this one. */
function processes(): string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(folder));
}

async function nothingLeft(): Promise<void> {
  for (let tries = 0; tries < 20 && processes().length > 0; tries++) await delay(250);
  expect(processes()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
}

it('prints the summary on stdout and nothing else, and leaves nothing behind', async () => {
  const { code, out, err } = await start([...MIGRATION, '--json']).ended;
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  const summary = JSON.parse(out) as Summary;
  expect(Object.keys(summary).sort()).toEqual(
    [
      ...['machine', 'executionArn', 'status', 'redriveCount', 'error', 'cause', 'seconds'],
      ...['events', 'transitions', 'invocations', 'statements', 'states', 'batches', 'checks'],
    ].sort(),
  );
  expect(summary).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0, error: null });
  expect(summary.batches.length).toBeGreaterThan(30);
  expect(summary.checks.every(({ ok }) => ok)).toBe(true);
  await nothingLeft();
});

it('rehearses two at a time: one fails and is redriven, one fails and stays so', async () => {
  const fault =
    'kind=error,error=ValidationException,service=redshift-data,operation=ExecuteStatement,nth=9';
  const broken = [...MIGRATION, '--json', '--fault', fault];
  const ended = await Promise.all([
    start([...broken, '--redrive', '1']).ended,
    start(broken).ended,
  ]);
  expect(ended[0]).toMatchObject({ code: 0, err: expect.stringContaining('Redriving') });
  expect(ended[1]).toMatchObject({ code: 1, err: expect.stringContaining('The run FAILED') });
  const summaries = ended.map(({ out }) => JSON.parse(out) as Summary);
  expect(summaries.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
    ['SUCCEEDED', 1],
    ['FAILED', 0],
  ]);
  await nothingLeft();
});

it('waits after a failure for a redrive that somebody makes with the printed command', async () => {
  const fault =
    'kind=error,error=ValidationException,service=redshift-data,operation=ExecuteStatement,nth=9';
  const byHand = [...REAL, '500', '--by-hand'];
  const { child, ended } = start([...byHand, '--fault', fault, '--json']);
  const printed = /AWS_ACCESS_KEY_ID=(\S+) .*--endpoint-url (\S+) .*--execution-arn (\S+)/;
  const [, accessKeyId, endpoint, executionArn] = await said(child.stderr!, printed);
  const sfn = new SFNClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: accessKeyId!, secretAccessKey: 'any' },
  });
  await sfn.send(new RedriveExecutionCommand({ executionArn }));
  const { code, out } = await ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, executionArn });
  await nothingLeft();
});

it('lets no virtual time pass while a gate waits for its answer', async () => {
  const update = ['rehearse', 'clickstream-console-update', '--rows', '100', '--clock', 'virtual'];
  const { code, out } = await start([...update, '--approve', '--json']).ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
  await nothingLeft();
});

it.each([
  ['as it begins to build', 'SIGINT', undefined],
  ['while the machine runs', 'SIGINT', /Run event batches/],
  ['while the machine runs', 'SIGTERM', /Started arn/],
] as const)('stops everything when it is interrupted %s, by %s', async (_, signal, seen) => {
  const { child, ended } = start([...REAL, '20000']);
  await shown(child, seen);
  // npm passes an interrupt on that the terminal has delivered already.
  child.kill(signal);
  await delay(50);
  child.kill(signal);
  const { code, err } = await ended;
  expect(code).toBe(130);
  expect(err).toMatch(/what a rehearsal made is gone/);
  await nothingLeft();
});

it.each([
  ['as it begins to build', undefined],
  ['as it has bundled', /Bundled the tasks/],
  ['while the machine runs', /Run event batches/],
])('leaves nothing that hinders the next one when it is killed %s', async (_, seen) => {
  // A changed source makes it bundle: the lock of a killed bundler is in the way, if anything is.
  const source = path.join(ROOT, 'scripts/bundle.mjs');
  utimesSync(source, new Date(), new Date());
  const killed = start([...REAL, '20000']);
  await shown(killed.child, seen);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const next = await start([...MIGRATION, '--json']).ended;
  expect({ code: next.code, err: next.code === 0 ? '' : next.err }).toEqual({ code: 0, err: '' });
  await nothingLeft();
});

it('synthesizes without the CDK CLI what the CLI would deploy', async () => {
  const [own, cli] = [path.join(folder, 'own'), path.join(folder, 'cli')];
  await synthesize('example', own, new AbortController().signal);
  const cdk = path.join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  const args = [
    cdk,
    'synth',
    '--quiet',
    '--build',
    'node --version',
    '-c',
    'target=example',
    '-o',
    cli,
  ];
  execFileSync(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_EC2_METADATA_DISABLED: 'true' },
    stdio: 'pipe',
  });
  expect(digests(own)).toEqual(digests(cli));
});

/** SHA-256 of templates and assets, by name: what a deployment would upload. */
function digests(assembly: string): Record<string, string> {
  const files = readdirSync(assembly, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => path.relative(assembly, path.join(file.parentPath, file.name)))
    .filter((file) => /^asset\.|\.(template|assets)\.json$/.test(file));
  return Object.fromEntries(
    files.sort().map((file) => {
      const text = readFileSync(path.join(assembly, file));
      return [file, createHash('sha256').update(text).digest('hex')];
    }),
  );
}
