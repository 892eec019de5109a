// The part that drops what the schema before v1.1.6 leaves behind: the list, a person's approval of exactly
// it, and for each application the comparison of its data, the drops, and the proof that all is gone.

import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StatementTemplate } from '../../../lambdas/shared/sql';
import { Platform } from '../../platform/platform';
import { addResult, taskState } from '../../platform/task-state';
import { OrderedBatches } from '../../steps/batches';
import { ForEach } from '../../steps/for-each';
import { ManualGate } from '../../steps/manual-gate';
import { RedshiftStatement } from '../../steps/redshift-statement';
import type { Warehouse } from '../../steps/warehouse';
import { reconciliationChecks } from './migration-steps';

/** Properties of {@link cleanUpLegacy}. */
export interface LegacyCleanupProps {
  /** The warehouse, as the owner of the tables. */
  readonly warehouse: Warehouse;

  /**
   * How long the approval is waited for.
   *
   * @default Duration.days(7)
   */
  readonly gateTimeout?: Duration;
}

const GATE = 'cleanup';
/** Name of the list in the state data. */
const LIST = 'legacy';

const SCHEMA = '{% $states.input.value.schema %}';

const sql = (file: string, values: Partial<StatementTemplate> = {}): StatementTemplate => ({
  sql: { file: `clickstream/${file}` },
  ids: { schema: SCHEMA },
  ...values,
});

/** Procedures that take no argument; the others take a number of days. */
const PLAIN = "['sp_clear_item_and_user', 'sp_migrate_session_to_v2', 'sp_migrate_user_to_v2']";

/** One statement for each procedure that was found. */
const PROCEDURES =
  "{% [$map($states.input.value.procedures, function($p) { { 'name': $p, " +
  `'sql': { 'file': 'clickstream/drop-procedure-' & ($p in ${PLAIN} ? 'plain' : 'days') }, ` +
  "'ids': { 'schema': $states.input.value.schema, 'procedure': $p } } })] %}";

/** Reads `appIds` and `migration.days` of the input; to be entered only where the input asks for it. */
export function cleanUpLegacy(scope: Construct, props: LegacyCleanupProps): sfn.Chain {
  const read = readState(scope, 'List the legacy objects', props.warehouse, {
    gate: null,
    comment:
      'Lists the legacy objects of every application with rows and owners; refuses where something else needs them. ' +
      'Changes nothing. On redrive: looks again',
  });
  const any = sfn.Choice.jsonata(scope, 'Any legacy objects there?', {
    comment: 'Nothing to drop is nothing to ask. On redrive: asks again',
  });
  const gate = new ManualGate(scope, 'CleanupGate', {
    gate: GATE,
    question: `{% $states.input.${LIST}.question %}`,
    approve: { objects: `{% $states.input.${LIST}.hash %}` },
    timeout: props.gateTimeout,
    act: (act) =>
      readState(act, 'Compare the legacy objects with the approval', props.warehouse, {
        gate: GATE,
        comment:
          'Lists them again: what is not exactly what was approved is asked about again. On redrive: compares again',
      }),
    changed: `$states.input.${LIST}.status = 'changed'`,
  });
  const drops = new ForEach(scope, 'Cleanup', {
    name: 'cleanup',
    noun: 'application with legacy objects',
    nouns: 'applications with legacy objects',
    items: `$states.input.${LIST}.applications`,
    common: "{ 'days': $states.input.input.migration.days }",
    body: (body) => dropOne(body, props.warehouse),
  });
  const done = sfn.Pass.jsonata(scope, 'No legacy objects are left', {
    comment: 'They are gone, or were gone before. On redrive: is not run again',
  });
  read.next(any);
  any
    .when(sfn.Condition.jsonata(`{% $states.input.${LIST}.status = 'none' %}`), done)
    .otherwise(gate);
  gate.next(drops).next(done);
  return sfn.Chain.custom(read, [done], done);
}

/** Lists them for the plan of a dry run, with what would keep them from being dropped. */
export const lookAtLegacy = (scope: Construct, { warehouse }: LegacyCleanupProps) =>
  readState(scope, 'Look at the legacy objects', warehouse, {
    gate: null,
    dryRun: true,
    comment:
      'Lists what would be dropped, with rows; refuses where something else needs it. Changes nothing. On redrive: looks again',
  });

interface Look {
  /** Gate whose approval is compared; null: none. */
  readonly gate: string | null;
  readonly comment: string;
  readonly dryRun?: boolean;
}

function readState(
  scope: Construct,
  id: string,
  warehouse: Warehouse,
  { gate, comment, dryRun = false }: Look,
) {
  const task = Platform.of(scope).task('read-legacy-objects', {
    ledger: ['GetItem', 'PutItem'],
    states: ['DescribeExecution'],
    timeout: Duration.minutes(15),
  });
  warehouse.grantStatements(task);
  return taskState(scope, id, {
    task,
    payload: {
      warehouse: warehouse.target,
      appIds: '{% [$states.input.input.appIds] %}',
      gate,
      dryRun,
    },
    outputs: addResult(LIST),
    comment,
  });
}

/** One application: its data are compared, then its objects dropped in the order they need each other. */
function dropOne(scope: Construct, warehouse: Warehouse): sfn.IChainable {
  const common = { warehouse, inItem: true };
  const named = { parameters: { schema_name: SCHEMA } };
  const compare = sfn.Choice.jsonata(scope, 'Legacy tables to compare?', {
    comment:
      'Where an earlier run has dropped the tables, nothing is left to compare. On redrive: asks again',
  });
  const checks = new RedshiftStatement(scope, 'Checks', {
    ...common,
    work: 'checks before the clean-up',
    step: 'cleanupChecks',
    statements: { 'check-log-ends': sql('check-log-ends'), ...reconciliationChecks() },
    evidence: { kind: 'checks' },
    readOnly: true,
  });
  const tables = new RedshiftStatement(scope, 'Tables', {
    ...common,
    work: 'drops of legacy tables',
    step: 'legacyTables',
    statements: {
      'drop-user-view': sql('drop-user-view'),
      'drop-item-view': sql('drop-item-view'),
      'drop-legacy-tables': sql('drop-legacy-tables'),
      'drop-backfill-trace': sql('drop-backfill-trace'),
    },
  });
  const procedures = new OrderedBatches(scope, 'Procedures', {
    ...common,
    work: 'drops of legacy procedures',
    label: 'legacyProcedures',
    payload: {
      step: 'legacyProcedures',
      plan: { kind: 'list', statements: PROCEDURES },
      evidence: { kind: 'status' },
    } as never,
  });
  const gone = new RedshiftStatement(scope, 'Gone', {
    ...common,
    work: 'checks after the clean-up',
    step: 'cleanupGone',
    statements: { 'check-legacy-gone': { ...sql('check-legacy-gone', named), ids: {} } },
    evidence: { kind: 'checks' },
    readOnly: true,
  });
  compare.when(sfn.Condition.jsonata('{% $states.input.value.tables %}'), checks).otherwise(tables);
  checks.next(tables);
  const end = sfn.Chain.start(tables).next(procedures).next(gone);
  return sfn.Chain.custom(compare, end.endStates, gone);
}
