// Runs that between them use every right the stack of Aspects gives.

import { arm } from '../support';
import { operate } from './operator';
import type { Run } from './runs';
import type { Stage } from './stage';

const HOUR_MS = 3_600_000;
const ROOT = '/home/tutor/.local/share/tutor';
const UPGRADE = { targetVersion: '2.4.0', tutorRoot: ROOT, backup: { method: 'native' } };
const NOTES = 'release-notes';
/** A version on the way falls silent before anything is installed. */
const SILENT = 'kind=error,task=RunHostCommand,state=Install the plugin,error=Boom';
/** Ingestion is held, and copies of the backup are there, when the look at it is killed. */
const KILLED =
  'kind=kill,when=after,state=Back up ClickHouse,service=clickhouse,operation=Restore,nth=1';

/** Starts an upgrade and approves what it asks first; it is left running. */
async function begun(stage: Stage, input: object = UPGRADE): Promise<string> {
  const arn = stage.start('upgrade', input);
  await stage.approved(arn, NOTES);
  return arn;
}

/** Stops an upgrade in the middle of a build whose worker dies before it sees the stop. */
async function stoppedInBuild(stage: Stage): Promise<string> {
  const { cloud } = stage;
  const arn = await begun(stage);
  await stage.entered(arn, 'Build the images');
  await cloud.clock.sleep(60_000);
  arm(cloud, 'kind=kill,task=RunHostCommand,service=states,operation=DescribeExecution,nth=1');
  stage.stop(arn);
  await cloud.clock.sleep(600_000);
  return arn;
}

/** Time to come between a state and what it finds. */
const late = (task: string) => `kind=delay,task=${task},seconds=60,nth=1`;
const TAGS = 'event_sink.dim_most_recent_tags';

/** Changes ClickHouse when a run is in a state, while time stands still. */
async function changedIn(stage: Stage, arn: string, state: string, sql: string): Promise<void> {
  await stage.entered(arn, state);
  const release = stage.cloud.clock.hold();
  await stage.cloud.query(sql, 'clickhouse').finally(release);
}

export const ASPECTS_RUNS: readonly Run[] = [
  {
    name: 'an upgrade goes to its end, and is taken back',
    async play(stage) {
      const arn = await begun(stage);
      await stage.approved(arn, 'remove-deprecated');
      await stage.ended(arn);
      await stage.notice('SUCCEEDED');
      const back = stage.start('rollback', { upgradeOf: stage.runOf(arn), tutorRoot: ROOT });
      await stage.approved(back, 'take-back');
      await stage.ended(back);
    },
  },
  {
    name: 'the first gate is refused, and the run is given up',
    async play(stage) {
      const arn = stage.start('upgrade', UPGRADE);
      await stage.notice(`asks: ${NOTES}`);
      const answer = stage.answerTo(arn, 'approve', NOTES);
      await stage.play('answer', { ...answer, gate: 'none' }, 'FAILED');
      await stage.play('upgrade', UPGRADE, 'FAILED');
      await stage.play('answer', stage.answerTo(arn, 'refuse', NOTES));
      await stage.ended(arn, 'FAILED');
      await stage.cloud.clock.sleep(3 * HOUR_MS);
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'ingestion is held and a look at the backup killed when the run is given up',
    faults: [KILLED],
    async play(stage) {
      const arn = await begun(stage);
      await stage.ended(arn, 'FAILED');
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'a version on the way fails once, and is redriven',
    faults: [`${SILENT},nth=1`],
    async play(stage) {
      const arn = await begun(stage);
      await stage.ended(arn, 'FAILED');
      stage.cloud.engine.redrive(arn);
      await stage.approved(arn, 'remove-deprecated');
      await stage.ended(arn);
    },
  },
  {
    name: 'a model is missing, then empty',
    faults: ['VerifyAspects', 'ReconcileAspects'].map(late),
    async play(stage) {
      const { engine } = stage.cloud;
      const arn = await begun(stage);
      const [proof, comparison] = [
        'Prove the models in ClickHouse',
        'Compare old and new relations',
      ];
      await changedIn(stage, arn, proof!, `rename table ${TAGS} to ${TAGS}_away`);
      await stage.ended(arn, 'FAILED');
      await stage.cloud.query(`rename table ${TAGS}_away to ${TAGS}`, 'clickhouse');
      engine.redrive(arn);
      await changedIn(stage, arn, comparison!, `truncate table ${TAGS}`);
      await stage.ended(arn, 'FAILED');
    },
  },
  {
    name: 'a way back is stopped at once',
    async play(stage) {
      const upgradeOf = 'run-20260131-0a1b2c3d4e';
      stage.stop(stage.start('rollback', { upgradeOf, tutorRoot: ROOT }));
      await stage.cloud.clock.sleep(60_000);
    },
  },
  {
    name: 'a build is stopped, its worker dead, and continued by another execution',
    async play(stage) {
      const first = await stoppedInBuild(stage);
      const arn = stage.start('upgrade', { continueRun: stage.runOf(first) });
      await stage.approved(arn, 'remove-deprecated');
      await stage.ended(arn);
    },
  },
  {
    name: 'a build is stopped, nobody hears of it, and it is given up',
    faults: ['kind=drop-event,service=aws.states'],
    async play(stage) {
      const arn = await stoppedInBuild(stage);
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'an operator watches a failing upgrade, redrives it and stops it',
    faults: [SILENT],
    async play(stage) {
      await operate(stage, 'upgrade', UPGRADE, (arn) => stage.approved(arn, NOTES));
    },
  },
];
