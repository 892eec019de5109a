// An upgrade that is taken back: everything as it was when its backup was taken.

import type { Cloud } from '../../rehearsal/cloud';
import {
  aspectsStage,
  done,
  INPUT,
  ROLLBACK,
  ROOT,
  relations,
  run,
  UPGRADE,
} from './aspects-support';
import { runOf } from './support';

const aspects = aspectsStage();
let cloud: Cloud;

/** What has to be as before. */
async function state(): Promise<unknown> {
  const { sandbox } = cloud.hosts[0]!;
  return {
    plugin: sandbox.state.plugin,
    config: sandbox.read(`${ROOT}/config.yml`),
    superset: sandbox.state.databases.superset,
    services: sandbox.state.containers.map(({ service }) => service).sort(),
    reporting: await relations(cloud, 'reporting'),
    xapi: await relations(cloud, 'xapi'),
    sink: await relations(cloud, 'event_sink'),
    events: await cloud.query('select count() as n from xapi.xapi_events_all final', 'clickhouse'),
    revision: await cloud.query('select version_num from xapi.alembic_version final', 'clickhouse'),
  };
}

/** Command lines on the host, the last ones of those that match. */
const lastCalls = (many: number, wanted: RegExp): string[] =>
  cloud.hosts[0]!.sandbox.calls.map(({ program, args }) => [program, ...args].join(' '))
    .filter((line) => wanted.test(line))
    .slice(-many);

it('T22 brings back migrations, databases, settings and plugin of before, removal included', async () => {
  cloud = await aspects();
  const before = await state();
  const { arn, ...end } = await run(cloud, UPGRADE, INPUT);
  expect(end).toEqual(done);
  expect(await state()).not.toEqual(before);
  const back = { upgradeOf: runOf(cloud, arn), tutorRoot: ROOT };
  const { arn: rollback, ...ended } = await run(cloud, ROLLBACK, back);
  expect(ended).toEqual(done);
  expect(rollback).toMatch(/rollback/);
  expect(await state()).toEqual(before);
  expect(lastCalls(4, /^tutor local (start|stop|do init)/)).toEqual([
    'tutor local start -d',
    'tutor local stop ralph',
    'tutor local do init -l aspects',
    'tutor local start -d ralph',
  ]);
});
