// What Tutor, pip and docker do behind an exit status of 0, and that an inspection sees it.

import { composeCommand } from '../../../lambdas/shared/host/compose';
import { hostScript } from '../../../lambdas/shared/host-files';
import { BUILD, type Command, closeWorlds, HOST, ROOT, World } from './world';

afterEach(closeWorlds);

const INSTALL: Command = {
  step: 'install',
  script: 'aspects/install-plugin',
  inspect: 'aspects/inspect-install-plugin',
  environment: { VERSION: '2.4.0', TUTOR_VERSION: '18.1.4', DBT_BRANCH: 'v5.0.0' },
};
const SAVE: Command = {
  step: 'save',
  script: 'aspects/save-config',
  inspect: 'aspects/inspect-save-config',
};
const INIT: Command = { step: 'init', script: 'aspects/init', inspect: 'aspects/inspect-init' };
const RECREATE: Command = {
  step: 'recreate',
  script: 'aspects/recreate-containers',
  inspect: 'aspects/inspect-recreate-containers',
};
const DISCOVER: Command = { step: 'discover', script: null, inspect: 'aspects/discover' };

/** A line of the log of a step's last unit. */
const log = (world: World, unit: string) =>
  world.host.sandbox.read(`${HOST.stateDirectory}/${unit}/log`);
const UNIT = 'run-20260131-0a1b2c3d4e';

it('fact 4: dbt that found nothing to do has built nothing, and its exit 0 is not believed', async () => {
  const world = await World.of();
  // Without models dbt selects nothing.
  await expect(world.run(INIT)).resolves.toMatchObject({ built: false });
  expect(log(world, `${UNIT}-init-1`)).toContain('All services initialised.');
});

it('fact 8: jobs that were killed end init with exit 0, and six lines; the inspection sees what dbt did not say', async () => {
  const world = await World.of([{ on: 'job init', kind: 'killed', always: true }]);
  await expect(world.run(INIT)).resolves.toMatchObject({ built: false, dbt: '' });
  expect(log(world, `${UNIT}-init-1`)).toContain('All services initialised.');
});

it('fact 9: T10: containers run the new images afterwards, also where compose keeps the old ones', async () => {
  const world = await World.of();
  await world.run(BUILD);
  const { sandbox } = world.host;
  sandbox.state = { ...sandbox.state, lazyCompose: true } as object;
  const before = sandbox.state.containers.map(({ name }) => name).length;
  await world.run(RECREATE);
  expect(world.called('tutor local dc up')).toEqual([
    expect.stringMatching(/^tutor local dc up -d --no-deps --force-recreate .*superset/),
  ]);
  expect(world.called('tutor local restart')).toEqual([]);
  expect(sandbox.state.containers).toHaveLength(before);
});

it('fact 10: T3: pip is asked for one version, and Tutor is held where it is', async () => {
  const world = await World.of();
  const trailer = await world.run(INSTALL);
  expect(trailer).toMatchObject({ plugin: '2.4.0', tutor: '18.1.4', dbtBranch: 'v5.0.0' });
  expect(world.called('python -m pip install')).toEqual([
    'python -m pip install --disable-pip-version-check --no-input tutor-contrib-aspects==2.4.0 tutor==18.1.4 tutor-mfe==18.*',
  ]);
});

it('fact 10: pip that installs nothing and exits 0 is found out, and the redrive installs', async () => {
  const world = await World.of([{ on: 'pip install', kind: 'nothing' }]);
  await expect(world.run(INSTALL)).rejects.toThrow(
    /pip shows tutor-contrib-aspects 1\.3\.2, not 2\.4\.0/,
  );
  await expect(world.redrive(INSTALL)).resolves.toMatchObject({ plugin: '2.4.0' });
  expect((await world.attempt('install'))!.number).toBe(2);
});

it('T23: a pin in config.yml that hides the new default is named', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}DBT_BRANCH: v3.33.9\n`);
  await expect(world.run(DISCOVER)).resolves.toMatchObject({ pins: ['DBT_BRANCH'] });
  await expect(world.run(INSTALL)).rejects.toThrow(
    /DBT_BRANCH is v3\.33\.9, 2\.4\.0 comes with v5\.0\.0/,
  );
});

it.each([
  ['discover', DISCOVER, /tutor works in .* not in|no .*config\.yml/],
  ['config save', SAVE, /there is no .*config\.yml/],
  ['init', INIT, /there is no .*config\.yml/],
  ['build', BUILD, /there is no .*config\.yml/],
])(
  'T2: %s under another root is refused before anything is made there',
  async (_, command, why) => {
    const world = await World.of();
    const wrong = { ...command, host: { tutorRoot: '/var/lib/upgrade-runbooks' } };
    await expect(world.run(wrong)).rejects.toThrow(why);
    expect(world.called('tutor config save')).toHaveLength(1);
    expect(world.called('tutor local do')).toEqual([]);
    expect(world.called('tutor images build')).toEqual([]);
  },
);

it('T2: commands run as the user who owns the installation, under the root that is configured', async () => {
  const world = await World.of();
  await world.run(SAVE);
  const calls = world.host.sandbox.calls.filter(({ program }) => program !== 'docker');
  expect(new Set(calls.map(({ user }) => user))).toEqual(new Set(['openedx']));
  expect(new Set(calls.map(({ root }) => root?.endsWith(ROOT)))).toEqual(new Set([true]));
});

it('T5: success is not looked for in the first 24,000 characters, and not in "Init Step 5/5"', async () => {
  const world = await World.of();
  await expect(world.run(INIT)).resolves.toMatchObject({
    ok: true,
    tasks: 'mysql clickhouse aspects superset mysql lms ',
  });
  expect(log(world, `${UNIT}-init-1`)).not.toContain('Init Step 5/5');
});

it('T6: an init of a plugin that is not enabled does nothing, exits 0, and fails here', async () => {
  const world = await World.of([], { config: { ID: 'abc', PLUGINS: ['mfe'] } });
  await expect(world.run(INIT)).rejects.toThrow(/init has run no job in place of mysql clickhouse/);
  expect(log(world, `${UNIT}-init-1`)).toContain('All services initialised.');
});

it('T7: every command of dbt says --only_changed False', async () => {
  const world = await World.of();
  const dbt: Command = {
    step: 'dbt',
    script: 'aspects/dbt',
    inspect: 'aspects/inspect-dbt',
    environment: { COMMAND: 'run --full-refresh --select problem_events' },
  };
  // Without models there is nothing to build, which is no success of a command that names one.
  await expect(world.run(dbt)).rejects.toThrow(/dbt has selected nothing|dbt ended with/);
  expect(world.called('tutor local do dbt')).toEqual([
    'tutor local do dbt --only_changed False -c run --full-refresh --select problem_events',
  ]);
});

it('T8: assets of the old release are gone after config save, and no password has changed', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  const assets = `${ROOT}/env/plugins/aspects/build/aspects-superset/openedx-assets/assets`;
  sandbox.write(`${assets}/orphan.yaml`, '');
  const before = sandbox.read(`${ROOT}/config.yml`);
  await world.run(INSTALL);
  await world.run(SAVE);
  expect(() => sandbox.read(`${assets}/orphan.yaml`)).toThrow(/ENOENT/);
  expect(sandbox.read(`${assets}/dashboards-2.4.0.yaml`)).toBe('');
  expect(sandbox.read(`${ROOT}/config.yml`)).toContain(before.trim());
});

it('T8: a password that config save writes in other quotes is the same, and another one is named', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  const quoted = (text: string) =>
    sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}${text}\n`);
  quoted(`OWN_PASSWORD: "it's \\"mine\\""  # of 2024`);
  await world.run(SAVE);
  const config = sandbox.read(`${ROOT}/config.yml`);
  const looked = async (line: string) => {
    sandbox.write(`${ROOT}/config.yml`, config.replace(/OWN_PASSWORD.*/, line));
    const { output } = await world.host.run(
      composeCommand(
        HOST,
        `${UNIT}-save-1`,
        'save',
        { MODE: 'local' },
        {
          kind: 'look',
          script: hostScript(SAVE.inspect),
        },
      ),
    );
    return output;
  };
  expect(await looked(`OWN_PASSWORD: 'it''s "mine"'`)).toMatch(/"ok":true/);
  expect(await looked(`OWN_PASSWORD: 'it''s "yours"'`)).toMatch(
    /these were changed by config save: OWN_PASSWORD/,
  );
});

it('T11: tutor dev is not called where a local platform runs', async () => {
  const world = await World.of();
  await expect(world.run({ ...INIT, environment: { MODE: 'dev' } })).rejects.toThrow(
    /a local platform runs on this host: tutor dev would stop it/,
  );
  expect(world.called('tutor dev')).toEqual([]);
});

it('T24: arguments with quotes or braces never reach tutor', async () => {
  const world = await World.of();
  const dbt = (COMMAND: string): Command => ({
    step: 'dbt',
    script: 'aspects/dbt',
    inspect: 'aspects/inspect-dbt',
    environment: { COMMAND },
  });
  await expect(world.run(dbt('run --vars "a: 1"'))).rejects.toThrow(/no quotes, braces/);
  await expect(world.redrive(dbt('run --vars {a}'))).rejects.toThrow(/brace/);
  expect(world.called('tutor local do dbt')).toEqual([]);
});

it('T26: an error that the import of Superset swallows is seen', async () => {
  const world = await World.of([{ on: 'import', kind: 'error' }]);
  await expect(world.run(INIT)).rejects.toThrow(/swallowed an error/);
});

it.each(['nothing', 'killed'] as const)(
  'an image that was not built although the builder exited 0 (%s) is found out',
  async (kind) => {
    const world = await World.of([{ on: 'tutor images build aspects-superset', kind }]);
    await expect(world.run(BUILD)).rejects.toThrow(
      /image edunext\/aspects-superset:1\.3\.2 is of .* before the build began/,
    );
    await expect(world.redrive(BUILD)).resolves.toMatchObject({ ok: true });
  },
);

it('a smoke test that found no dashboard fails', async () => {
  const world = await World.of([{ on: 'smoke', kind: 'nothing' }]);
  const smoke: Command = {
    step: 'smoke',
    script: 'aspects/smoke',
    inspect: 'aspects/inspect-smoke',
  };
  await expect(world.run(smoke)).rejects.toThrow(/No dashboard found for/);
  await expect(world.redrive(smoke)).resolves.toMatchObject({ ok: true });
});
