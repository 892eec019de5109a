// The parts of one application's migration, in the guide's order: functions that work, events in growing windows, then
// users, items and sessions once, then the base view from old to new, then the proof.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Evidence } from '../../../lambdas/run-batches/payload';
import type { StatementTemplate } from '../../../lambdas/shared/sql';
import { Platform } from '../../platform/platform';
import { addResult, taskState } from '../../platform/task-state';
import { BatchedProcedure, Batches } from '../../steps/batched-procedure';
import { RedshiftStatement } from '../../steps/redshift-statement';
import type { Warehouse } from '../../steps/warehouse';
import { ensureFunctions } from './functions';

const SCHEMA = { schema: '{% $states.input.value.schema %}' };
const DAYS = '{% $states.input.common.days %}' as unknown as number;

const sql = (file: string, parameters?: StatementTemplate['parameters']): StatementTemplate => ({
  sql: { file: `clickstream/${file}` },
  ids: SCHEMA,
  ...(parameters ? { parameters } : {}),
});

/** What clickstream_log_v2 says about a procedure that swallows its errors. */
const log = (logName: string, ends: Partial<Evidence>): Evidence =>
  ({
    kind: 'log',
    read: sql('read-log'),
    logName,
    finished: [],
    exhausted: [],
    ...ends,
  }) as Evidence;

const CHECKS = [
  'check-events',
  'check-duplicates',
  'check-trace',
  'check-users',
  'check-items',
  'check-sessions',
  'check-half-done',
  'check-base-view',
] as const;

/** Files whose window is counted in days. */
const WITH_DAYS: readonly string[] = [
  'check-events',
  'check-duplicates',
  'check-items',
  'check-base-view',
];

/** The proof that everything of an application's window is there, for states that have `value.schema` and `common.days`. */
export const reconciliationChecks = (): Readonly<Record<string, StatementTemplate>> =>
  Object.fromEntries(
    CHECKS.map((file) => [file, sql(file, WITH_DAYS.includes(file) ? { days: DAYS } : undefined)]),
  );

/** Everything that is done for one application. */
export function migrateApplication(
  scope: Construct,
  warehouse: Warehouse,
  definer: Warehouse,
): sfn.IChainable {
  const common = { warehouse, inItem: true };
  const once = (id: string, part: string, name: string, evidence: Evidence, days = false) =>
    new RedshiftStatement(scope, id, {
      ...common,
      work: `${part} migration`,
      step: `${part}s`,
      statements: { [part]: sql(`call-migrate-${part}s`, days ? { days: DAYS } : undefined) },
      evidence: { ...evidence, logName: name } as Evidence,
    });
  const events = new BatchedProcedure(scope, 'Events', {
    ...common,
    work: 'event batches',
    step: 'events',
    statement: sql('call-migrate-events'),
    batches: Batches.growing(DAYS, '{% $states.input.common.batchDays %}'),
    maxCalls: '{% $states.input.value.maxCalls %}',
    evidence: log('sp_migrate_event_to_v2', {
      finished: ['----done---'],
      exhausted: ['backfill event_v2 is done'],
      rows: '^insert (\\d+) to event_v2$',
    }),
  });
  const userView = new RedshiftStatement(scope, 'UserView', {
    ...common,
    work: 'user view refreshes',
    step: 'userView',
    statements: { refresh: sql('refresh-user-view') },
  });
  const users = once(
    'Users',
    'user',
    'sp_migrate_user_to_v2',
    log('', {
      finished: ['backfill is done ---- user_v2', 'backfill user_v2 is done'],
      rows: '^insert (\\d+) to user_v2$',
    }),
  );
  const items = once(
    'Items',
    'item',
    'sp_migrate_item_to_v2',
    log('', {
      finished: ['backfill is done ---- item_v2', 'backfill item_v2 is done'],
      rows: '^insert (\\d+) to item_v2$',
    }),
    true,
  );
  const sessions = once(
    'Sessions',
    'session',
    'sp_migrate_session_to_v2',
    log('', {
      finished: ['backfill is done ---- session', 'backfill session is done'],
      rows: '^insert (\\d+) into session$',
    }),
  );
  const readLog = taskState(scope, 'Read the clickstream log', {
    task: readLogTask(scope, warehouse),
    payload: { warehouse: warehouse.target, schema: SCHEMA.schema },
    inItem: true,
    outputs: addResult('log'),
    comment:
      'Asks clickstream_log_v2 for the last word on each part; FINISHED alone proves nothing. On redrive: reads again',
  });
  const baseView = new BatchedProcedure(scope, 'BaseView', {
    ...common,
    work: 'base view ranges',
    step: 'baseView',
    statement: sql('call-refresh-base-view'),
    batches: Batches.ranges(
      '{% $states.input.value.oldest %}',
      'now',
      '{% $states.input.common.baseViewBatchHours %}',
      '{% $states.input.value.newest %}',
    ),
    evidence: log('clickstream_event_base_view', { finished: ['refresh with custom time range:'] }),
  });
  const reconcile = new RedshiftStatement(scope, 'Reconciliation', {
    ...common,
    work: 'reconciliation checks',
    step: 'reconciliation',
    statements: reconciliationChecks(),
    evidence: { kind: 'checks' },
    readOnly: true,
  });
  return sfn.Chain.start(ensureFunctions(scope, warehouse, definer))
    .next(events)
    .next(userView)
    .next(users)
    .next(items)
    .next(sessions)
    .next(readLog)
    .next(baseView)
    .next(reconcile);
}

function readLogTask(scope: Construct, warehouse: Warehouse) {
  const task = Platform.of(scope).task('read-clickstream-log');
  warehouse.grantStatements(task);
  return task;
}
