// The order of an upgrade and of the way back, as it stands in the definitions: what comes before what, and what
// never comes at all.

import jsonata from 'jsonata';
import {
  aspectsTemplate,
  definitionsOf,
  exampleTarget,
  type State,
  statesOf,
} from '../../support/definitions';
import { mainPath, type ParsedState } from '../../support/step-machine';

type Machine = ReturnType<typeof definitionsOf>[string];
const template = aspectsTemplate();
const definitions = definitionsOf(template);
const upgrade = definitions['example-aspects-upgrade']!;
const rollback = definitions['example-aspects-rollback']!;
const statesIn = (machine: Machine) => machine.States as unknown as Record<string, ParsedState>;
const pathOf = (machine: Machine) => mainPath(statesIn(machine), machine.StartAt);
const all = (machine: Machine) => new Map(statesOf(machine)) as Map<string, State>;
const hop = (machine: Machine) =>
  (machine.States['For each version on the way'] as unknown as { ItemProcessor: Machine })
    .ItemProcessor;
const before = (path: readonly string[], first: string, second: string) =>
  expect([first, path.indexOf(first) >= 0, path.indexOf(first) < path.indexOf(second)]).toEqual([
    first,
    true,
    true,
  ]);
const evaluate = async (text: unknown, input: object, context: object = {}) =>
  jsonata(String(text).replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input, context } });

const FOUND = { backedUp: false, services: 'ralph', hops: [{ value: { dbt: 'v5.0.0' } }] };

it('looks, asks, takes a backup, and only then changes anything', () => {
  const path = pathOf(upgrade);
  before(path, 'Look at the host and at ClickHouse', 'Ask at gate release-notes');
  before(path, 'Ask at gate release-notes', 'Who takes the backup?');
  before(path, 'The backup is proven', 'For each version on the way');
});

it('T1 nothing is removed before every model is proven, and old and new relations agree', () => {
  const path = pathOf(upgrade);
  before(path, 'For each version on the way', 'Compare old and new relations');
  before(path, 'Compare old and new relations', 'Are deprecated objects removed?');
  const inHop = pathOf(hop(upgrade));
  before(inHop, 'Initialise Aspects', 'Prove the models in ClickHouse');
});

it('T1b dbt is called for nothing but models, so that its saved state is never that of something else', () => {
  const commands = [upgrade, rollback].flatMap((machine) =>
    statesOf(machine).flatMap(([, { Arguments }]) => {
      const { script, environment } = (Arguments?.Payload ?? {}) as {
        script?: string;
        environment?: { COMMAND?: string };
      };
      return script === 'aspects/dbt' ? [String(environment!.COMMAND)] : [];
    }),
  );
  expect(new Set(commands)).toEqual(
    new Set(['run', "{% 'run --full-refresh --select ' & $states.input.value %}"]),
  );
});

it('T14 the macro of upstream is in no state', () => {
  expect(JSON.stringify(definitions)).not.toMatch(/remove_deprecated_models|run-operation/);
});

it('T18 ingestion is held from before the initialisation until the comparison is through', () => {
  const inHop = pathOf(hop(upgrade));
  before(inHop, 'Recreate the containers', 'Hold ingestion for the initialisation');
  before(inHop, 'Hold ingestion for the initialisation', 'Initialise Aspects');
  before(
    pathOf(upgrade),
    'Compare old and new relations',
    'Let ingestion go on after the initialisation',
  );
});

it('T18 new containers of the way back are held too, before anything is initialised', () => {
  const path = pathOf(rollback);
  before(path, 'Recreate the containers', 'Hold ingestion for the initialisation');
  before(path, 'Hold ingestion for the initialisation', 'Initialise Aspects');
  before(path, 'Initialise Aspects', 'Let ingestion go on after the way back');
});

it('T18 whatever fills tables holds again what was held', () => {
  const filling = [upgrade, rollback].flatMap((machine) =>
    statesOf(machine).flatMap(([name, { Arguments }]) => {
      const { script, environment } = (Arguments?.Payload ?? {}) as {
        script?: string;
        environment?: { SERVICES?: string };
      };
      return /^aspects\/(init|dbt|restore-files)$/.test(String(script))
        ? [[name, environment!.SERVICES] as const]
        : [];
    }),
  );
  expect(filling).toHaveLength(6);
  const places = ['found', 'common'].map((place) => `{% $states.input.${place}.services %}`);
  expect(filling.filter(([, services]) => !places.includes(String(services)))).toEqual([]);
});

it('children that fill tables are told what is held', async () => {
  const data = { found: { services: 'ralph' }, input: { buildHours: 6, initHours: 24 } };
  for (const name of ['For each version on the way', 'For each model to build anew']) {
    const { ItemSelector } = upgrade.States[name] as unknown as {
      ItemSelector: { common: string };
    };
    expect(await evaluate(ItemSelector.common, data)).toMatchObject({ services: 'ralph' });
  }
});

it('the release notes say whether events that are held up will be read again', async () => {
  const { Arguments } = all(upgrade).get('Ask at gate release-notes')!;
  const data = (replayTrackingLogs: boolean) => ({
    found: { ...FOUND, from: '1.3.0', to: '2.4.0', hops: [{ key: '2.4.0' }], warnings: [] },
    input: { replayTrackingLogs },
  });
  const question = Arguments!.Payload.question;
  expect(await evaluate(question, data(false))).toContain('which is false here and false by');
  expect(await evaluate(question, data(true))).toContain('which is true here and false by');
});

it('the copies of files are looked at before anything is taken away, and may differ from now', () => {
  const look = 'Look at the copies the way back needs';
  const path = pathOf(rollback);
  before(path, 'Ask at gate take-back', look);
  before(path, look, 'Hold ingestion for the way back');
  before(path, look, 'Does the revision of ClickHouse go down?');
  const { environment } = all(rollback).get(look)!.Arguments!.Payload as {
    environment: Record<string, string>;
  };
  expect(environment).toMatchObject({
    FOLDER: '{% $states.input.found.backup.folder %}',
    BACKUP_ID: '{% $states.input.found.backup.files %}',
    CHANGED_SINCE: 'yes',
  });
});

it('the backup is read before the first step of the way back', () => {
  const path = pathOf(rollback);
  const read = 'Read the backup before the way back';
  before(path, 'Ask at gate take-back', read);
  before(path, read, 'Hold ingestion for the way back');
  before(path, read, 'Does the revision of ClickHouse go down?');
});

it('T21 on Kubernetes images are pushed behind their build, and before containers are recreated', () => {
  const { aspects } = exampleTarget();
  const k8s = definitionsOf(aspectsTemplate({ aspects: { ...aspects, mode: 'k8s' } }));
  const path = pathOf(hop(k8s['example-aspects-upgrade']!));
  before(path, 'Build the images', 'Push the images');
  before(path, 'Push the images', 'Recreate the containers');
  expect(pathOf(hop(upgrade))).not.toContain('Push the images');
});

it('T22 the way back takes migrations down first, then databases and settings, then the plugin', () => {
  const path = pathOf(rollback);
  before(path, 'Does the revision of ClickHouse go down?', 'Restore ClickHouse');
  before(path, 'Restore ClickHouse', 'Restore Superset and config.yml');
  before(path, 'Restore Superset and config.yml', 'Install the plugin');
  before(path, 'Install the plugin', 'Initialise Aspects');
});

it('a backup that people take is named after the run, so that it cannot be older', async () => {
  const { Arguments } = all(upgrade).get('Ask at gate backup')!;
  const data = {
    run: { id: 'run-20260131-0a1b2c3d4e' },
    input: { backup: { method: 'gate', folder: '/backup/aspects' } },
  };
  const question = await evaluate(Arguments!.Payload.question, data);
  expect(question).toContain(
    "BACKUP DATABASE xapi, DATABASE event_sink, DATABASE reporting, DATABASE openedx TO Disk('backups', 'runbook-run-20260131-0a1b2c3d4e-people')",
  );
  expect(question).toContain('/backup/aspects on the host');
  const { aspects } = exampleTarget();
  const clickhouse = { ...aspects.clickhouse, cluster: 'c1' };
  const three = definitionsOf(aspectsTemplate({ aspects: { ...aspects, clickhouse } }));
  const asked = all(three['example-aspects-upgrade']!).get('Ask at gate backup')!;
  expect(await evaluate(asked.Arguments!.Payload.question, data)).toContain(
    "DATABASE openedx ON CLUSTER c1 TO Disk('backups'",
  );
});

it('copies of files may be as old as the run, and every look is another one', async () => {
  const { Arguments } = all(upgrade).get('Look at the copies of Superset and config.yml')!;
  const { environment } = Arguments!.Payload as { environment: { MAX_AGE: string } };
  const at = (EnteredTime: string) =>
    evaluate(
      environment.MAX_AGE,
      {},
      {
        State: { EnteredTime },
        Execution: { StartTime: '2026-01-31T10:00:00.000Z' },
      },
    );
  expect(await at('2026-01-31T11:00:00.500Z')).toBe(3600);
  expect(await at('2026-01-31T12:00:00.000Z')).toBe(7200);
});

it.each([
  [{ ...FOUND, backedUp: true }, { method: 'native' }, 'The backup is proven'],
  [FOUND, { method: 'native' }, 'Hold ingestion for the backup'],
  [FOUND, { method: 'gate' }, 'Ask at gate backup'],
])('a backup is taken once, by whom the input says: %j', async (found, backup, next) => {
  const { Choices = [], Default } = statesIn(upgrade)['Who takes the backup?']!;
  const data = { found, input: { backup } };
  const answers = await Promise.all(
    Choices.map(async ({ Condition, Next }) =>
      (await evaluate(Condition, data)) ? Next : undefined,
    ),
  );
  expect(answers.find((one) => one !== undefined) ?? Default).toBe(next);
});

it('after a redrive that proves nothing, Aspects is initialised again and every model is built', async () => {
  const states = statesIn(hop(upgrade));
  const [back] = states['Are all models there?']!.Choices!;
  expect([back!.Next, await evaluate(back!.Condition, { proof: { ok: false } })]).toEqual([
    'Initialise Aspects',
    true,
  ]);
  const [again] = states['Is every model to be built?']!.Choices!;
  expect(again!.Next).toBe('Build every model');
  expect(await evaluate(again!.Condition, { proof: { ok: false } })).toBe(true);
  expect(await evaluate(again!.Condition, {})).toBe(false);
});
