// The machine `clickstream-data-migration`, read from top to bottom like the guide.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TargetConfig } from '../../../lambdas/shared/inputs/target';
import { Platform } from '../../platform/platform';
import { RunbookMachine } from '../../platform/runbook-machine';
import { addResult, taskState } from '../../platform/task-state';
import { functionSpecs } from '../../steps/external-functions';
import { ForEach } from '../../steps/for-each';
import type { Warehouse } from '../../steps/warehouse';
import { CLICKSTREAM_FUNCTIONS } from './functions';
import { migrateApplication } from './migration-steps';
import { definerOf, warehouseOf } from './warehouse-of';

/** What the target's configuration says about the warehouse of the migration. */
export interface DataMigrationProps {
  readonly warehouse: Warehouse;

  /**
   * Who makes functions that do not work.
   *
   * @default - who calls them
   */
  readonly definer?: Warehouse;

  /** Days the schema keeps events; the solution deletes older ones every day. */
  readonly retentionDays: number;

  /**
   * Statements that may run on the warehouse when the migration starts.
   *
   * @default 5
   */
  readonly maxRunning?: number;

  /**
   * Statements that may wait in its queue.
   *
   * @default 0
   */
  readonly maxQueued?: number;
}

const input = (member: string) => `{% $states.input.input.${member} %}`;
/** Adds the machine `<stack>-data-migration` to a clickstream stack. */
export function addDataMigration(scope: Construct, target: TargetConfig): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'DataMigration', {
    name: 'data-migration',
    runbook: 'clickstream-data-migration',
    comment:
      'Migrates the data of Clickstream Analytics on AWS 1.1.x to the schema of 1.1.6 and newer',
    schema: 'clickstream-data-migration',
    target: clickstream,
    tracing,
    docs: 'docs/clickstream-data-migration.md',
    body: (body) => {
      const warehouse = warehouseOf(body, clickstream.warehouse);
      const definer = definerOf(body, clickstream.warehouse, warehouse);
      return dataMigration(body, {
        warehouse,
        definer,
        retentionDays: clickstream.retentionDays,
      });
    },
  });
}

/** States between the first ("Check the input") and the last ("Write the report"). */
export function dataMigration(scope: Construct, props: DataMigrationProps): sfn.Chain {
  const preflight = Platform.of(scope).task('preflight-migration');
  const definer = props.definer ?? props.warehouse;
  props.warehouse.grantStatements(preflight);
  if (definer !== props.warehouse) definer.grantStatements(preflight);
  const check = taskState(scope, 'Check the warehouse', {
    task: preflight,
    payload: {
      warehouse: props.warehouse.target,
      definer: definer.target,
      functions: functionSpecs(scope, CLICKSTREAM_FUNCTIONS),
      appIds: '{% [$states.input.input.appIds] %}',
      days: input('migration.days'),
      retentionDays: props.retentionDays,
      maxRunning: props.maxRunning ?? 5,
      maxQueued: props.maxQueued ?? 0,
      maxCallsPerWindow: input('migration.maxCallsPerWindow'),
      rpu: input('redshift.rpu'),
      pricePerRpuHour: input('redshift.pricePerRpuHour'),
      dryRun: input('dryRun'),
    },
    outputs: addResult('plan'),
    comment:
      'Looks at tables, owners, functions, unfinished chunks, retention and load, and reports every finding at once; changes nothing. ' +
      'On redrive: looks again',
  });
  const dry = sfn.Choice.jsonata(scope, 'Only a dry run?', {
    comment: 'A dry run ends with the plan: rows, expected time and money',
  });
  const plan = sfn.Succeed.jsonata(scope, 'Report the plan', {
    outputs: { dryRun: true, input: '{% $states.input.input %}', plan: '{% $states.input.plan %}' },
    comment: 'Nothing was changed',
  });
  const applications = new ForEach(scope, 'Applications', {
    name: 'applications',
    noun: 'application',
    nouns: 'applications',
    items: '$states.input.plan.applications',
    common:
      "{ 'days': $states.input.input.migration.days, 'batchDays': $states.input.input.migration.batchDays, " +
      "'baseViewBatchHours': $states.input.input.migration.baseViewBatchHours }",
    body: (body) => migrateApplication(body, props.warehouse, definer),
  });
  check.next(dry);
  dry
    .when(sfn.Condition.jsonata('{% $states.input.input.dryRun %}'), plan)
    .otherwise(applications.startState);
  return sfn.Chain.custom(check, applications.endStates, applications);
}
