// The scripts that are sent to a host: each is known, says what a stop does to it, and is POSIX shell.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  HOST_SCRIPTS,
  hostScript,
  mayBeKilled,
  unitScript,
} from '../../../lambdas/shared/host-files';

const FOLDER = path.join(__dirname, '../../../lambdas/shared/host/scripts');
const SHARED = ['common', 'containers', 'databases'];
const files = readdirSync(path.join(FOLDER, 'aspects')).map((name) => name.replace('.sh', ''));
const own = files.filter((name) => !SHARED.includes(name));
const working = own.filter((name) => !/^(inspect-|discover$)/.test(name));
const text = (name: string) => readFileSync(path.join(FOLDER, 'aspects', `${name}.sh`), 'utf8');

test('every file is registered under its name', () => {
  expect(HOST_SCRIPTS).toEqual(own.map((name) => `aspects/${name}`).sort());
});

test('every script that works has an inspection', () => {
  expect(working.map((name) => `inspect-${name}`).sort()).toEqual(
    own.filter((name) => name.startsWith('inspect-')).sort(),
  );
});

test.each(working)(
  '%s says in its first line what a stop does, and why it is left alone',
  (name) => {
    expect(text(name).split('\n')[0]).toMatch(/^# Stop: (kill$|let it end, for .{10,})/);
  },
);

test('a stop ends what can be ended, and never dbt', () => {
  const killed = working.filter((name) => mayBeKilled(`aspects/${name}`));
  expect(killed.sort()).toEqual([
    'backup-files',
    'build-images',
    'push-images',
    'replay-tracking-logs',
    'smoke',
  ]);
});

test.each(own.filter((name) => name.startsWith('inspect-')))('%s ends with its trailer', (name) => {
  expect(text(name).trimEnd().split('\n').at(-1)).toBe('trailer');
});

test.each([
  ...own.map((name) => [name, hostScript(`aspects/${name}`)]),
  ...['prelude', 'user', 'redact', 'state', 'secrets', 'run', 'start', 'poll', 'stop', 'look'].map(
    (name) => [name, unitScript(name)],
  ),
])('%s is shell, and has no braces that Run Command or tutor would fill in', (_, script) => {
  const { status, stderr } = spawnSync('/bin/sh', ['-n'], { input: script, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(script).not.toMatch(/\{\{/);
});

test('refuses a script that is none', () => {
  expect(() => hostScript('aspects/none')).toThrow(/there is no script aspects\/none/);
});
