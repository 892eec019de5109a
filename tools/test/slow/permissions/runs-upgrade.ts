// Runs of the whole upgrade and of its parts, with what they do when something of the solution fails.

import { arm } from '../support';
import { EVENTS, type Run } from './runs';
import type { Stage } from './stage';

const APPS = { appIds: ['shop'] };
const TIMEZONES = { timezones: { shop: 'Europe/Berlin', order: 'Asia/Tokyo' } };
const MIGRATION = { days: 30, batchDays: 15, baseViewBatchHours: 720, capacityRpus: 256 };
/** What a task waits for longer than it takes at once. */
const slow = (sql: string) => `kind=delay,sql=${sql},seconds=40,nth=1`;

/** Keeps a migration in its events, so that what is done to it meanwhile is done in time. */
const LONG_EVENTS = `kind=delay,sql=${EVENTS},seconds=300,nth=1`;

/** The rule that starts jobs, for somebody who switches or deletes it in the console. */
const ruleOf = ({ cloud }: Stage) =>
  cloud.bus.rulesIn(cloud.region).find(({ arn }) => arn.includes('jobSubmitter'))!;

export const UPGRADE_RUNS: readonly Run[] = [
  {
    name: 'the whole upgrade, stopped and continued, and stopped once more',
    machine: 'clickstream-upgrade',
    faults: [
      slow('preflight-usage'),
      slow('read-schema-columns'),
      'kind=error,sql=clickstream_event_base_view_sp(null,nth=1,message=disk full',
    ],
    async play(stage) {
      const first = stage.start('upgrade', {
        ...APPS,
        targetVersion: '1.1.15',
        pipeline: TIMEZONES,
        migration: MIGRATION,
        cleanup: { dropLegacy: true },
      });
      await stage.approved(first, 'change-set');
      await stage.entered(first, 'Follow the update of the console');
      stage.stop(first);
      // The update goes on: whoever continues the run knows it for its own.
      const arn = stage.start('upgrade', { continueRun: stage.runOf(first) });
      await stage.stoppedIn(arn, 'Verify the schema');
      stage.cloud.engine.redrive(arn);
      await stage.entered(arn, 'Check the warehouse');
      // Somebody drops a function that the schema's part has made: the migration makes it again.
      await stage.cloud.query(
        `do $$ begin execute (select string_agg('drop function ' || oid::regprocedure, ';') from pg_proc
           where pronamespace = 'shop'::regnamespace and proname = 'rm_object_props'); end $$`,
      );
      await stage.ended(arn, 'FAILED');
      stage.cloud.bus.remove(ruleOf(stage).arn);
      stage.cloud.engine.redrive(arn);
      await stage.approved(arn, 'cleanup');
      await stage.ended(arn);
      await stage.notice('SUCCEEDED');
    },
  },
  {
    name: 'the pipeline is upgraded, after a stack and a statement that fail',
    machine: 'clickstream-pipeline-upgrade',
    faults: [
      'kind=error,service=cloudformation,operation=UpdateStack,nth=3,message=no address left',
      'kind=error,sql=clickstream_log_v2,nth=1,message=disk full',
      'kind=delay,sql=refresh_mv_sp_status,nth=1,seconds=1000',
      slow('read-schema-columns'),
    ],
    async play(stage) {
      const arn = await stage.play('pipeline-upgrade', { pipeline: TIMEZONES }, 'FAILED');
      stage.cloud.engine.redrive(arn);
      await stage.stoppedIn(arn, "Follow the schema's SQL");
      await stage.toTheEnd(arn);
      await stage.notice('SUCCEEDED');
    },
  },
  {
    name: 'ingestion servers are replaced, and are gone before their sizes are given back',
    machine: 'clickstream-ingestion-refresh',
    async play(stage) {
      const arn = stage.start('ingestion-refresh', {});
      await stage.entered(arn, 'Restore the sizes of the ingestion servers');
      Object.assign(stage.cloud.ingestion[0]!.group, { name: 'a group of another name' });
      await stage.ended(arn);
      await stage.notice('SUCCEEDED');
    },
  },
  ...['Start new ingestion servers', 'Drain the old ingestion servers'].map((state) => ({
    name: `ingestion servers are half replaced, and the run is given up: ${state}`,
    machine: 'clickstream-ingestion-refresh',
    async play(stage: Stage) {
      const arn = stage.start('ingestion-refresh', {});
      await stage.entered(arn, state);
      await stage.cloud.clock.sleep(10_000);
      stage.stop(arn);
      await stage.cloud.clock.sleep(15_000);
      await stage.play('release', { run: stage.runOf(arn) });
    },
  })),
  {
    name: 'ingestion servers are replaced',
    machine: 'clickstream-ingestion-refresh',
    async play(stage) {
      await stage.play('ingestion-refresh', {});
    },
  },
  {
    name: 'legacy objects are dropped, after a stop behind the approval and one between the drops',
    machine: 'clickstream-legacy-cleanup',
    faults: [slow('read-legacy-dependents'), 'kind=delay,sql=drop-user-view,seconds=100,nth=1'],
    async play(stage) {
      const input = { ...APPS, migration: { days: 30 } };
      const first = stage.start('legacy-cleanup', input);
      await stage.notice('asks: cleanup');
      arm(stage.cloud, slow('read-legacy-dependents'));
      await stage.play('answer', stage.answerTo(first, 'approve', 'cleanup'));
      await stage.entered(first, 'Compare the legacy objects with the approval');
      stage.stop(first);
      await stage.cloud.clock.sleep(60_000);
      const arn = stage.start('legacy-cleanup', { continueRun: stage.runOf(first) });
      await stage.stoppedIn(arn, 'Run drops of legacy tables');
      await stage.redriven(arn);
      await stage.notice('SUCCEEDED');
    },
  },
  {
    name: 'a migration with more capacity is stopped and given up; a rule was off before',
    faults: [LONG_EVENTS],
    async play(stage) {
      const off = ruleOf(stage);
      off.disabled = true;
      const arn = stage.start('data-migration', { ...APPS, migration: MIGRATION });
      await stage.entered(arn, 'Run event batches');
      stage.stop(arn);
      await stage.cloud.clock.sleep(120_000);
      off.disabled = false;
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'a migration ends; a rule was off before',
    faults: [LONG_EVENTS],
    async play(stage) {
      const off = ruleOf(stage);
      off.disabled = true;
      const arn = stage.start('data-migration', { ...APPS, migration: MIGRATION });
      await stage.entered(arn, 'Run event batches');
      off.disabled = false;
      await stage.ended(arn);
    },
  },
];
