// Runs that between them use every right the stack of the student module history gives.

import { arm } from '../support';
import { operate } from './operator';
import type { Run } from './runs';
import type { Stage } from './stage';

const machine = 'matrix';
const HOUR_MS = 3_600_000;
const MOVE = { table: 'courseware_studentmodulehistory', settleMinutes: 1, niceRatio: 0 };
const GATES = ['migrations', 'switch-writes', 'flip-reads'];
const REFUSED = 'kind=denied,task=CopyChunks,service=mysql,operation=Connect';
const once = (task: string) => `kind=error,task=${task},error=Boom,nth=1`;
const ACTIVE = 'Copy chunks of history';

/** Goes with a run through its gates, one after the other. */
async function through(stage: Stage, arn: string, gates = GATES): Promise<string> {
  for (const gate of gates) {
    await stage.notice(`asks: ${gate}`);
    await stage.play('answer', stage.answerTo(arn, 'approve', gate));
  }
  return arn;
}

/** A removal of what a migration has copied. */
const removal = (stage: Stage, migrated: string) => ({
  migrationOf: stage.runOf(migrated),
  snapshotId: 'rds:edxapp-snapshot',
  confirm: 'edxapp.courseware_studentmodulehistory',
  method: 'drain',
  niceRatio: 0,
});

export const HISTORY_RUNS: readonly Run[] = [
  {
    name: 'the history is moved, its settings changed meanwhile, and its old rows are removed',
    machine,
    async play(stage) {
      const arn = stage.start('migration', MOVE);
      await through(stage, arn, GATES.slice(0, 2));
      await stage.play('settings', { run: stage.runOf(arn), niceRatio: 0.1 });
      await through(stage, arn, GATES.slice(2));
      await stage.ended(arn);
      await stage.notice('SUCCEEDED');
      const removed = stage.start('removal', removal(stage, arn));
      await through(stage, removed, ['remove-rows']);
      await stage.ended(removed);
    },
  },
  {
    name: 'copy, pass and removal fail once each, and are redriven',
    machine,
    faults: ['CopyChunks', 'PlanPass', 'DrainRows'].map(once),
    async play(stage) {
      const { engine } = stage.cloud;
      const arn = stage.start('migration', MOVE);
      await through(stage, arn, GATES.slice(0, 2));
      await stage.ended(arn, 'FAILED');
      await stage.redriven(arn, 'FAILED');
      engine.redrive(arn);
      await through(stage, arn, GATES.slice(2));
      await stage.ended(arn);
      const removed = stage.start('removal', removal(stage, arn));
      await through(stage, removed, ['remove-rows']);
      await stage.ended(removed, 'FAILED');
      await stage.redriven(removed);
    },
  },
  {
    name: 'the first gate is refused, and the run is given up',
    machine,
    async play(stage) {
      const arn = stage.start('migration', MOVE);
      await stage.notice('asks: migrations');
      await stage.play('migration', MOVE, 'FAILED');
      await stage.play('answer', { ...stage.answerTo(arn), gate: 'none' }, 'FAILED');
      await stage.play('answer', stage.answerTo(arn, 'refuse', 'migrations'));
      await stage.ended(arn, 'FAILED');
      await stage.cloud.clock.sleep(3 * HOUR_MS);
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'the copy is stopped, its worker dead, and continued by another execution',
    machine,
    async play(stage) {
      // It rests for a load that never ends, so that the copy is under way when it is stopped.
      const first = stage.start('migration', { ...MOVE, pauseThreads: 1 });
      await through(stage, first, GATES.slice(0, 2));
      await stage.entered(first, ACTIVE);
      arm(
        stage.cloud,
        'kind=kill,task=CopyChunks,service=states,operation=DescribeExecution,nth=1',
      );
      stage.stop(first);
      await stage.cloud.clock.sleep(600_000);
      const arn = stage.start('migration', {
        continueRun: stage.runOf(first),
        pauseThreads: 25,
      });
      await through(stage, arn, GATES.slice(2));
      await stage.ended(arn);
    },
  },
  {
    name: 'an operator watches a failing copy, redrives it and stops it',
    machine,
    faults: [REFUSED],
    async play(stage) {
      await operate(
        stage,
        'migration',
        MOVE,
        async (arn) => void (await through(stage, arn, GATES.slice(0, 2))),
      );
    },
  },
];
