// Runs that between them use every right the stack gives.

import { operate } from './operator';
import type { Stage } from './stage';

export interface Run {
  readonly name: string;
  /** Machine whose account of the scenario it is played in. @default - the scenario's own */
  readonly machine?: string;
  readonly faults?: readonly string[];
  play(stage: Stage): Promise<unknown>;
}

const UPDATE = { targetVersion: '1.1.15' };
const MIGRATE = {
  appIds: ['shop'],
  migration: { days: 30, batchDays: 15, baseViewBatchHours: 720 },
};
export const EVENTS = 'sp_migrate_event_to_v2(';

export const RUNS: readonly Run[] = [
  {
    name: 'the console is updated',
    async play(stage) {
      const arn = stage.start('console-update', UPDATE);
      await stage.notice('asks:');
      await stage.play('answer', { ...stage.answerTo(arn), gate: 'none' }, 'FAILED');
      await stage.play('answer', stage.answerTo(arn));
      await stage.ended(arn);
      await stage.notice('SUCCEEDED');
    },
  },
  {
    name: 'the update is refused, left alone, and given up',
    async play(stage) {
      const arn = stage.start('console-update', UPDATE);
      await stage.notice('asks:');
      await stage.play('console-update', UPDATE, 'FAILED');
      await stage.play('answer', stage.answerTo(arn, 'refuse'));
      await stage.ended(arn, 'FAILED');
      await stage.notice('LeftAlone');
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'a change set is gone when it is asked about again, and its successor is not executed at first',
    faults: [
      'kind=error,service=cloudformation,operation=ExecuteChangeSet,error=ValidationError,nth=1',
      'kind=kill,when=after,service=cloudformation,operation=ExecuteChangeSet,nth=2',
    ],
    async play(stage) {
      const arn = stage.start('console-update', UPDATE);
      await stage.notice('asks:');
      await stage.play('answer', stage.answerTo(arn, 'refuse'));
      await stage.ended(arn, 'FAILED');
      await stage.byHand('DeleteChangeSet');
      stage.cloud.engine.redrive(arn);
      await stage.notice('asks:', 2);
      await stage.play('answer', stage.answerTo(arn));
      await stage.ended(arn, 'FAILED');
      await stage.redriven(arn, 'FAILED');
      await stage.redriven(arn);
    },
  },
  {
    name: 'a change set is executed by hand, the run is stopped, and continued by another execution',
    async play(stage) {
      const arn = stage.start('console-update', UPDATE);
      await stage.notice('asks:');
      await stage.byHand('ExecuteChangeSet');
      await stage.play('answer', stage.answerTo(arn));
      await stage.cloud.clock.sleep(5_000);
      stage.stop(arn);
      await stage.play('console-update', { continueRun: stage.runOf(arn) });
    },
  },
  {
    name: 'the migration is clean, and reads slowly',
    faults: ['kind=delay,sql=preflight-rows,seconds=40', 'kind=delay,sql=read-log-ends,seconds=40'],
    async play(stage) {
      await stage.play('data-migration', MIGRATE);
      await stage.notice('SUCCEEDED');
    },
  },
  {
    name: 'an item fails in silence, then with a cause',
    faults: [
      'kind=error,task=ReadClickstreamLog,error=Boom,nth=1',
      'kind=error,sql=read-log-ends,nth=1,message=no disk',
    ],
    async play(stage) {
      const arn = await stage.play('data-migration', MIGRATE, 'FAILED');
      await stage.redriven(arn, 'FAILED');
      await stage.redriven(arn);
    },
  },
  {
    name: 'the migration is stopped, its worker dead, and redriven',
    // The worker puts its next question within 30 s: the event comes when it is dead.
    faults: [
      `kind=delay,sql=${EVENTS},seconds=300,nth=1`,
      'kind=delay,task=SettleClosedRun,seconds=35',
    ],
    async play(stage) {
      const arn = await stage.stoppedInEvents(MIGRATE);
      await stage.redriven(arn);
    },
  },
  {
    name: 'the migration is stopped, nobody hears of it, and it is given up',
    faults: [`kind=delay,sql=${EVENTS},seconds=300,nth=1`, 'kind=drop-event,service=aws.states'],
    async play(stage) {
      const arn = await stage.stoppedInEvents(MIGRATE);
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'an operator watches a failing migration, redrives it and stops it',
    faults: [`kind=error,sql=${EVENTS},nth=1,message=disk full`],
    async play(stage) {
      await operate(stage, 'data-migration', MIGRATE);
    },
  },
];
