// An upgrade in which everything that can lie lies once, and every state that works fails once: each time it is
// redriven, nothing is done twice at once, and it ends as one that never failed.

import type { Cloud } from '../../rehearsal/cloud';
import type { HostFault } from '../../rehearsal/host';
import {
  aspectsStage,
  done,
  ended,
  INPUT,
  lastWords,
  redriven,
  relations,
  run,
  STACK,
  UPGRADE,
} from './aspects-support';
import { arm, enteredStates, runOf, start } from './support';

/** Each with exit status 0, or without a word. */
const LIES: readonly HostFault[] = [
  { on: 'pip install', kind: 'nothing' },
  { on: 'tutor images build aspects', kind: 'killed' },
  { on: 'job init aspects', kind: 'killed' },
  { on: 'smoke', kind: 'error' },
];

/** How each is found out. */
const FOUND = [
  /pip shows tutor-contrib-aspects 1\.3\.0, not 2\.4\.0/,
  /image .*aspects.*before the build began|there is no image/,
  /are not as its init makes them/,
  /No dashboard found for/,
];

/** States that work, as the page has them. */
const STATES = [
  'Look at the host and at ClickHouse',
  'Hold ingestion for the backup',
  'Back up ClickHouse',
  'Back up Superset and config.yml',
  'Note where this backup is',
  'Let ingestion go on after the backup',
  'Install the plugin',
  'Save the configuration',
  'Build the images',
  'Recreate the containers',
  'Hold ingestion for the initialisation',
  'Initialise Aspects',
  'Prove the models in ClickHouse',
  'Compare old and new relations',
  'Let ingestion go on after the initialisation',
  'List the deprecated objects',
  'Remove the deprecated objects',
  'Try the dashboards',
];

const aspects = aspectsStage();
let cloud: Cloud;

async function expectUpgraded(): Promise<void> {
  const reporting = await relations(cloud, 'reporting');
  expect(reporting).toContain('dim_most_recent_enrollment');
  expect(await relations(cloud, 'event_sink')).toContain('course_enrollment');
  expect(cloud.hosts[0]!.sandbox.state.plugin).toBe('2.4.0');
}

it('T4 every lie of the host is found out, and a redrive does what was not done', async () => {
  cloud = await aspects({ faults: LIES });
  const causes = await redriven(cloud, start(cloud, UPGRADE, INPUT), 2 * LIES.length);
  expect(causes).toEqual(FOUND.map((said) => expect.stringMatching(said)));
  await expectUpgraded();
});

it('fails once in each of its states, is redriven each time, and ends as one that never failed', async () => {
  cloud = await aspects();
  for (const state of STATES)
    arm(cloud, `kind=error,state=${state},error=FaultOfTheRehearsal,nth=1`);
  const arn = start(cloud, UPGRADE, INPUT);
  const causes = await redriven(cloud, arn, 2 * STATES.length);
  expect(causes).toHaveLength(STATES.length);
  expect(STATES.filter((state) => !enteredStates(cloud, arn).includes(state))).toEqual([]);
  await expectUpgraded();
});

it('an agent that dies in the middle of a build: a redrive follows the build that runs, never a second one', async () => {
  cloud = await aspects({
    faults: [
      { on: 'tutor images build openedx', kind: 'agent-dies' },
      { on: 'tutor images build aspects', kind: 'slow', seconds: 3_600 },
    ],
  });
  const arn = start(cloud, UPGRADE, INPUT);
  const { status } = await ended(cloud, arn);
  expect([status, lastWords(cloud)]).toEqual([
    'FAILED',
    expect.stringMatching(/has not answered for 10 minutes/),
  ]);
  cloud.hosts[0]!.reviveAgent();
  cloud.engine.redrive(arn);
  const causes = await redriven(cloud, arn, 1);
  expect(causes).toEqual([]);
  const builds = cloud.hosts[0]!.sandbox.calls.filter(
    ({ program, args }) => program === 'tutor' && args[0] === 'images' && args[1] === 'build',
  );
  expect(builds).toHaveLength(1);
});

it('one that is given up lets ingestion go on, and frees the host', async () => {
  cloud = await aspects({ faults: [{ on: 'job init aspects', kind: 'killed' }] });
  const { arn, status } = await run(cloud, UPGRADE, INPUT);
  const running = () => cloud.hosts[0]!.sandbox.state.containers.map(({ service }) => service);
  expect([status, running().includes('ralph')]).toEqual(['FAILED', false]);
  const released = await run(cloud, `${STACK}-release`, { run: runOf(cloud, arn) });
  expect(released).toMatchObject(done);
  expect(running()).toContain('ralph');
});
