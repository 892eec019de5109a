// The machine `clickstream-data-migration`, read from top to bottom like the guide.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ClickstreamTarget, TargetWith } from '../../../lambdas/shared/inputs/target';
import { Platform } from '../../platform/platform';
import { RunbookMachine } from '../../platform/runbook-machine';
import { addResult, taskState } from '../../platform/task-state';
import { functionSpecs } from '../../steps/external-functions';
import { ForEach } from '../../steps/for-each';
import { checkThenWork } from '../check-then-work';
import { type Accesses, accessesOf } from './accesses';
import { askWhenBusy } from './busy-warehouse';
import { CLICKSTREAM_FUNCTIONS } from './functions';
import { migrateApplication } from './migration-steps';
import { checkPipeline } from './pipeline-check';
import { quietPeriod } from './quiet-period';

const input = (member: string) => `{% $states.input.input.${member} %}`;

/** Statements that run, and wait, on a warehouse that is not busy. */
const USUAL = { maxRunning: 5, maxQueued: 0 };

/** Adds the machine `<stack>-data-migration` to a clickstream stack. */
export function addDataMigration(
  scope: Construct,
  target: TargetWith<'clickstream'>,
): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'DataMigration', {
    name: 'data-migration',
    runbook: 'clickstream-data-migration',
    comment:
      'Migrates the data of Clickstream Analytics on AWS 1.1.x to the schema of 1.1.6 and newer',
    schema: 'clickstream-data-migration',
    target: clickstream,
    tracing,
    docs: 'docs/runbooks/clickstream.md',
    body: (body) => {
      const accesses = accessesOf(body, clickstream.warehouse);
      return checkThenWork(body, {
        check: checkWarehouse(body, clickstream, accesses),
        plan: { plan: '{% $states.input.plan %}' },
        work: dataMigration(body, clickstream, accesses),
      });
    },
  });
}

/** Busy or not, quiet or not, then the applications; at the end loads may begin again. */
function dataMigration(scope: Construct, target: ClickstreamTarget, accesses: Accesses): sfn.Chain {
  const quiet = quietPeriod(scope, target);
  const wanted = sfn.Choice.jsonata(scope, 'Shall new loads be stopped?', {
    comment: 'The input says whether. On redrive: asks again',
  });
  const read = checkPipeline(scope, target, {});
  const begin = sfn.Pass.jsonata(scope, 'The migration may begin', {
    comment: 'No load is in its way. On redrive: is not run again',
  });
  const work = sfn.Chain.start(quiet.capacity)
    .next(migrateApplications(scope, accesses))
    .next(quiet.end);
  wanted
    .when(
      sfn.Condition.jsonata(input('quietPeriod')),
      sfn.Chain.start(read).next(quiet.begin).next(begin),
    )
    .otherwise(begin);
  begin.next(work);
  return sfn.Chain.start(askWhenBusy(scope)).next(sfn.Chain.custom(wanted, work.endStates, work));
}

/** Members of the payload of a look at the warehouse. */
export function warehouseMembers(
  scope: Construct,
  target: ClickstreamTarget,
  { warehouse, definer }: Accesses,
) {
  return {
    warehouse: warehouse.target,
    definer: definer.target,
    functions: functionSpecs(scope, CLICKSTREAM_FUNCTIONS),
    appIds: '{% [$states.input.input.appIds] %}',
    days: input('migration.days'),
    retentionDays: target.retentionDays,
    ...USUAL,
    maxCallsPerWindow: input('migration.maxCallsPerWindow'),
    rpu: input('redshift.rpu'),
    pricePerRpuHour: input('redshift.pricePerRpuHour'),
  };
}

/** Looks at the warehouse with its new schema; the result is `plan`. */
export function checkWarehouse(scope: Construct, target: ClickstreamTarget, accesses: Accesses) {
  const task = Platform.of(scope).task('preflight-migration');
  accesses.grant(task);
  return taskState(scope, 'Check the warehouse', {
    task,
    payload: {
      ...warehouseMembers(scope, target, accesses),
      schemaReady: true,
      dryRun: input('dryRun'),
    },
    outputs: addResult('plan'),
    comment:
      'Looks at tables, owners, functions, unfinished chunks, retention and load, and reports every finding at once; changes nothing. ' +
      'On redrive: looks again',
  });
}

/** The migration of every application in `plan`, each on its own: one that fails stops no other. */
export function migrateApplications(scope: Construct, accesses: Accesses): ForEach {
  return new ForEach(scope, 'Applications', {
    name: 'applications',
    noun: 'application',
    nouns: 'applications',
    items: '$states.input.plan.applications',
    common:
      "{ 'days': $states.input.input.migration.days, 'batchDays': $states.input.input.migration.batchDays, " +
      "'baseViewBatchHours': $states.input.input.migration.baseViewBatchHours }",
    body: (body) => migrateApplication(body, accesses.warehouse, accesses.definer),
  });
}
