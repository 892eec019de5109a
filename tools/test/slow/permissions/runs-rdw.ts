// Runs that between them use every right the stack of the rdw runbook gives.

import { arm } from '../support';
import { operate } from './operator';
import type { Run } from './runs';
import type { Stage } from './stage';

const machine = 'rdw-backfill';
const BUCKET = 'rdw-qa-archive';
const GATE = 'maintenance-window';
const ONE = { tenants: ['PA'], sliceDays: 366 };
/** What a task waits for longer than it takes at once. */
const slow = (sql: string, seconds = 40) => `kind=delay,sql=${sql},seconds=${seconds},nth=1`;
const EXTRACT_REFUSED = 'kind=denied,task=ExtractSlices,service=s3,operation=PutObject';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What an engine still does when a run is stopped and its worker is dead. */
const DEAD = [
  {
    what: 'swap',
    state: 'Run swaps of alt scores',
    task: 'RunBatches',
    hold: slow('insert into', 300),
  },
  {
    what: 'export',
    state: 'Extract alt scores',
    task: 'ExtractSlices',
    hold: slow('into outfile', 3_000),
  },
];

/** Starts a machine and opens its window; it is left running. */
async function opened(stage: Stage, machine: string, input: unknown): Promise<string> {
  const before = stage.cloud.notices.length;
  const arn = stage.start(machine, input);
  await stage.notice(`asks: ${GATE}`, asked(stage, before) + 1);
  await stage.play('answer', stage.answerTo(arn, 'approve', GATE));
  return arn;
}

const asked = ({ cloud }: Stage, until: number): number =>
  cloud.notices.slice(0, until).filter(({ subject }) => subject?.includes(`asks: ${GATE}`)).length;

export const RDW_RUNS: readonly Run[] = [
  {
    name: 'all tenants are back-filled, one is taken back, and the objects go when their day is over',
    machine,
    async play(stage) {
      const tenants = ['CA', 'PA', 'NV', 'TS_S001'];
      const arn = await opened(stage, 'backfill', { ...ONE, tenants, keepObjectsDays: 1 });
      await stage.ended(arn);
      await stage.notice('SUCCEEDED');
      const backupOf = stage.runOf(arn);
      await stage.ended(await opened(stage, 'restore', { tenants: ['PA'], backupOf }));
      await stage.cloud.clock.sleep(1.1 * DAY_MS);
    },
  },
  {
    name: 'engines answer slowly, and nothing is kept',
    machine,
    faults: [slow('preflight'), slow('sweep'), slow('reconcile')],
    async play(stage) {
      await stage.ended(await opened(stage, 'backfill', { ...ONE, keepObjectsDays: 0 }));
      await stage.cloud.clock.sleep(HOUR_MS);
    },
  },
  {
    name: 'the window is refused, and the run is given up',
    machine,
    async play(stage) {
      const arn = stage.start('backfill', ONE);
      await stage.notice(`asks: ${GATE}`);
      await stage.play(
        'answer',
        { ...stage.answerTo(arn, 'approve', GATE), gate: 'none' },
        'FAILED',
      );
      await stage.play('backfill', ONE, 'FAILED');
      await stage.play('answer', stage.answerTo(arn, 'refuse', GATE));
      await stage.ended(arn, 'FAILED');
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'a tenant fails, is redriven, and the run is given up with its pod away',
    machine,
    faults: [EXTRACT_REFUSED],
    async play(stage) {
      const arn = await opened(stage, 'backfill', ONE);
      await stage.ended(arn, 'FAILED');
      await stage.redriven(arn, 'FAILED');
      await stage.play('release', { run: stage.runOf(arn) });
    },
  },
  {
    name: 'a tenant fails where the others wait for it, and is redriven',
    machine,
    faults: ['kind=error,sql=unload,nth=1,message=disk full'],
    async play(stage) {
      const input = { ...ONE, tenants: ['PA', 'NV'], onTenantFailure: 'stop' };
      const arn = await opened(stage, 'backfill', input);
      await stage.ended(arn, 'FAILED');
      await stage.redriven(arn);
    },
  },
  ...DEAD.flatMap(({ what, state, task, hold }): Run[] => [
    {
      name: `the ${what} is stopped, its worker dead, and redriven`,
      machine,
      faults: [hold, 'kind=delay,task=SettleClosedRun,seconds=35'],
      async play(stage) {
        const arn = await stoppedIn(stage, state, task);
        await stage.redriven(arn);
      },
    },
    {
      name: `the ${what} is stopped, nobody hears of it, and it is given up`,
      machine,
      faults: [hold, 'kind=drop-event,service=aws.states'],
      async play(stage) {
        const arn = await stoppedIn(stage, state, task);
        await stage.play('release', { run: stage.runOf(arn) });
      },
    },
  ]),
  {
    name: 'an extract leaves half a file, a tenant falls silent, and others watch',
    machine,
    faults: [
      'kind=error,sql=into outfile,when=after,nth=1,message=no space left',
      'kind=error,task=TakeHighWater,error=Boom,nth=2',
    ],
    async play(stage) {
      const arn = await opened(stage, 'backfill', ONE);
      await stage.ended(arn, 'FAILED');
      await stage.cloud.clock.sleep(3 * HOUR_MS);
      await stage.redriven(arn, 'FAILED');
      await stage.redriven(arn);
    },
  },
  {
    name: 'a backup is not known to have begun, the run is continued, and its pod is gone in the end',
    machine,
    faults: [
      'kind=kill,service=redshift-data,operation=ExecuteStatement,sql=unload (,nth=1',
      'kind=denied,task=StartExpiry,service=dynamodb,operation=PutItem,nth=2',
    ],
    async play(stage) {
      const { cloud } = stage;
      const first = await opened(stage, 'backfill', { ...ONE, keepObjectsDays: 1 });
      await stage.ended(first, 'FAILED');
      await cloud.clock.sleep(30 * HOUR_MS);
      const arn = stage.start('backfill', { continueRun: stage.runOf(first) });
      await stage.entered(arn, 'Give the regular job its pod back');
      cloud.kubernetes!.remove('default', 'migrate-olap-deployment');
      await stage.ended(arn, 'FAILED');
      await cloud.clock.sleep(2 * DAY_MS);
      await stage.redriven(arn);
    },
  },
  {
    name: 'a restore does not find its backup at first, and the next one is stopped',
    machine,
    async play(stage) {
      const { store } = stage.cloud;
      const first = await opened(stage, 'backfill', ONE);
      await stage.ended(first);
      const backupOf = stage.runOf(first);
      const manifest = store.list(BUCKET).find((key) => /backup.*manifest$/.test(key))!;
      const { body } = store.get(BUCKET, manifest)!;
      store.delete(BUCKET, manifest);
      const arn = await opened(stage, 'restore', { tenants: ['PA'], backupOf });
      await stage.ended(arn, 'FAILED');
      store.put(BUCKET, manifest, body);
      await stage.redriven(arn);
      arm(stage.cloud, slow('copy "reporting_pa"'));
      const next = await opened(stage, 'restore', { tenants: ['PA'], backupOf });
      await stage.stoppedIn(next, 'Run copies of backed up scores');
      await stage.redriven(next);
    },
  },
  {
    name: 'an operator watches a failing back-fill, redrives it and stops it',
    machine,
    faults: [EXTRACT_REFUSED],
    async play(stage) {
      await operate(stage, 'backfill', ONE, (arn) => stage.approved(arn, GATE));
    },
  },
];

/** Stops a run in a state whose worker dies before it sees the stop. */
async function stoppedIn(stage: Stage, state: string, task: string): Promise<string> {
  const { cloud } = stage;
  const arn = await opened(stage, 'backfill', ONE);
  await stage.entered(arn, state);
  await cloud.clock.sleep(20_000);
  arm(cloud, `kind=kill,task=${task},service=states,operation=DescribeExecution,nth=1`);
  stage.stop(arn);
  await cloud.clock.sleep(600_000);
  return arn;
}
