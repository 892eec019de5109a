// Fact 7: tutor prints passwords. None of them leaves the host: not in what Run Command keeps, not in the
// ledger, not in an error.

import { composeCommand } from '../../../lambdas/shared/host/compose';
import type { HostData } from '../../rehearsal/host';
import { type Command, closeWorlds, DATA, HOST, PASSWORDS, ROOT, World } from './world';

afterEach(closeWorlds);

const INIT: Command = { step: 'init', script: 'aspects/init', inspect: 'aspects/inspect-init' };

/** Every text that must not be seen: whole passwords, and each line of a key. */
const SECRETS = Object.values(PASSWORDS).flatMap((one) => one.split('\n'));

/** Everything that has left the host so far. */
function leftIn(world: World): string {
  const outputs = world.service.commands.map(({ ended }) => `${ended?.output}\n${ended?.errors}`);
  return [
    ...outputs,
    JSON.stringify([...(world.memory as unknown as { items: Map<string, object> }).items]),
  ].join('\n');
}

/** Secrets in a text, also as JSON and URLs write them; three letters only where they stand alone. */
const seenIn = (text: string): string[] =>
  SECRETS.filter((secret) =>
    secret.length < 6
      ? new RegExp(`(?<!\\w)${secret}(?!\\w)`).test(text)
      : [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)].some((one) =>
          text.includes(one),
        ),
  );

it('fact 7: T19: of an init that prints every password none is seen outside', async () => {
  const world = await World.of();
  await world.run(INIT);
  const log = world.host.sandbox.read(`${HOST.stateDirectory}/run-20260131-0a1b2c3d4e-init-1/log`);
  expect(seenIn(log).length).toBeGreaterThan(5);
  expect(seenIn(leftIn(world))).toEqual([]);
});

it('fact 7: T19: of a job that fails, and is printed again, none is seen in the error or the ledger', async () => {
  const world = await World.of([{ on: 'job init superset', kind: 'error' }]);
  const error = await world.run(INIT).catch((cause: Error) => cause);
  expect(String(error)).toMatch(/ended with status 1: .*Command failed with status 1/s);
  expect(String(error)).toContain('[redacted]');
  expect(seenIn(String(error))).toEqual([]);
  expect(seenIn(leftIn(world))).toEqual([]);
});

it('the log stays on the host, and only its user can read it', async () => {
  const world = await World.of();
  await world.run(INIT);
  const { output } = await world.host.run(
    `stat -c %a ${HOST.stateDirectory}/run-20260131-0a1b2c3d4e-init-1 ${HOST.stateDirectory}/run-20260131-0a1b2c3d4e-init-1/log`,
  );
  expect(output.trim().split('\n')).toEqual(['700', '600']);
});

/** What an inspection with this text prints. */
async function printed(world: World, script: string): Promise<string> {
  const look = { kind: 'look', script } as const;
  const text = composeCommand(HOST, 'look', 'look', { MODE: 'local' }, look);
  const { output, errors } = await world.host.run(text);
  expect(errors).toBe('');
  return output;
}

it.each([
  [
    'in a trailer, as JSON writes it',
    'member all "$(js "$(cat "$TUTOR_ROOT/config.yml")")"\ntrailer',
  ],
  ['in the error of a script', 'cat "$TUTOR_ROOT/config.yml" >&2\nexit 3'],
  [
    'with colours in the middle of the line',
    'printf "pw \\033[31m%s\\033[0m end\\n" "rootSecret1" >&2\nexit 3',
  ],
  ['as a part of a URL', 'echo "http://root:lrs%24ecret%262@clickhouse" >&2\nexit 3'],
  ['in a trace of the shell', 'set -x\nmysql_password="rootSecret1"\n: "$mysql_password"\nexit 3'],
])('no password is seen %s', async (_, script) => {
  const world = await World.of();
  const output = await printed(world, script);
  expect(output).toMatch(/^RUNBOOK-(STATE|TRAILER) /);
  expect(output).toContain('[redacted]');
  expect(seenIn(output)).toEqual([]);
});

it('a value in any form of YAML is known: quoted, in a list, in a block, below a key', async () => {
  const config = {
    ...DATA.config,
    A_TOKEN: 'plain token with blanks',
    B_SECRETS: ['listed-secret-1', 'listed-secret-2'],
  } as HostData['config'];
  const world = await World.of([], { config });
  const { sandbox } = world.host;
  const more = [
    'C_PASSWORD: "double \\"quoted\\" one"',
    'D_KEY: |-',
    '  first line of it',
    '  second line of it',
    'E_SECRET:',
    '  inner: nested-secret',
    'F_KEY: 12345',
    'NOT_HIDDEN: visible',
  ];
  sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}${more.join('\n')}\n`);
  const script =
    'for text in "plain token with blanks" listed-secret-1 listed-secret-2 \'double "quoted" one\' "first line of it" ' +
    '"second line of it" nested-secret visible; do echo "<$text>" >&2; done\nexit 3';
  const output = await printed(world, script);
  expect(output.match(/<[^>]*>/g)).toEqual([...Array(7).fill('<[redacted]>'), '<visible>']);
  // A number that is one is taken out of numbers too, and the trailer is still read.
  expect(await printed(world, 'member a 12345\nmember b 123456\ntrailer')).toContain(
    '"a":[redacted],"b":123456',
  );
});

it('where the list of secrets cannot be made nothing of the log is shown', async () => {
  const world = await World.of();
  const { output } = await world.host.run(
    composeCommand(HOST, 'look', 'look', {}, { kind: 'look', script: 'echo secret >&2; exit 3' })
      // Whoever calls cannot read the passwords.
      .replace('write_secrets "$unit/secrets"', 'exit 1'),
  );
  expect(output).toContain('"tail":""');
});

it('what is set by a template is rendered by tutor before it is looked for', async () => {
  const world = await World.of();
  await world.run({ step: 'discover', script: null, inspect: 'aspects/discover' });
  expect(world.called('tutor config printvalue DBT_SSH_KEY')).not.toEqual([]);
  expect(world.called('tutor config printvalue CLICKHOUSE_ADMIN_PASSWORD')).toEqual([]);
});
