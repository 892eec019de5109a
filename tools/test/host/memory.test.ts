// What a program of the host has said once is said again without node, and never when it would be another answer now.

import { readdirSync, readFileSync } from 'node:fs';
import { VirtualClock } from '../../rehearsal/clock';
import { TutorHost } from '../../rehearsal/host';
import { DATA, PASSWORDS, ROOT } from './world';

let host: TutorHost;
beforeEach(async () => {
  const problems: Error[] = [];
  host = await TutorHost.start(
    { ...DATA, patches: ['a-patch'] },
    { clock: new VirtualClock(), problems },
  );
});
afterEach(() => host.stop());

const said = async (...words: string[]) => (await host.tutor(...words)).output.trim();
/** Answers that are kept for any state. */
const kept = () =>
  readdirSync(host.sandbox.inside('/memory'), { recursive: true })
    .map(String)
    .filter((name) => /\|/.test(name));

it('says the same, and writes every call down', async () => {
  const first = await host.tutor('config', 'printvalue', 'MYSQL_ROOT_PASSWORD');
  expect(first).toEqual({
    status: 0,
    output: `${PASSWORDS.MYSQL_ROOT_PASSWORD}\n`,
    errors: '',
  });
  expect(await host.tutor('config', 'printvalue', 'MYSQL_ROOT_PASSWORD')).toEqual(first);
  expect(await said('config', 'printvalue', 'PLUGINS')).toBe('aspects,mfe');
  expect(await said('config', 'printroot')).toBe(ROOT);
  const missing = await host.tutor('config', 'printvalue', 'NOBODY');
  expect(missing).toMatchObject({ status: 1, errors: expect.stringMatching(/Missing .* NOBODY/) });
  expect(await host.tutor('config', 'printvalue', 'NOBODY')).toEqual(missing);
  const calls = host.sandbox.calls.filter(({ args }) => args[1]?.startsWith('print'));
  expect(calls.map(({ args }) => args.at(-1))).toEqual([
    ...['MYSQL_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD', 'PLUGINS', 'printroot'],
    ...['NOBODY', 'NOBODY'],
  ]);
  expect(new Set(calls.map(({ user, root }) => `${user} ${root}`)).size).toBe(1);
  expect(calls.every(({ at }) => at > 0)).toBe(true);
});

it('says another thing once config.yml or the host are others, and the first one when they are back', async () => {
  const value = () => said('config', 'printvalue', 'SUPERSET_DB_NAME');
  expect(await value()).toBe('superset');
  const before = readFileSync(host.sandbox.inside(`${ROOT}/config.yml`), 'utf8');
  host.sandbox.write(`${ROOT}/config.yml`, `${before}SUPERSET_DB_NAME: other\n`);
  expect(await value()).toBe('other');
  host.sandbox.write(`${ROOT}/config.yml`, before);
  expect(await value()).toBe('superset');
  expect(await said('--version')).toBe('tutor, version 18.1.4');
  host.sandbox.state = { ...host.sandbox.state, tutor: '19.0.0' };
  expect(await said('--version')).toBe('tutor, version 19.0.0');
});

it('keeps nothing of a command that changes something', async () => {
  await host.tutor('config', 'save');
  await host.tutor('local', 'start', '-d');
  await said('--version');
  expect(
    kept().filter((name) => /\|(save|start|stop|do|build|exec|install)(\||$)/.test(name)),
  ).toEqual([]);
  expect(kept()).not.toEqual([]);
});
