// The machine `clickstream-upgrade`: the whole guide, phase by phase. Each phase is the same as in the machine
// that has it alone.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ClickstreamTarget, TargetWith } from '../../../lambdas/shared/inputs/target';
import { Platform } from '../../platform/platform';
import { RunbookMachine } from '../../platform/runbook-machine';
import { taskState } from '../../platform/task-state';
import { checkThenWork } from '../check-then-work';
import { type Accesses, accessesOf } from './accesses';
import { askWhenBusy } from './busy-warehouse';
import { allowReadConsole, consoleMembers, consoleUpdate } from './console-update';
import { checkWarehouse, migrateApplications, warehouseMembers } from './data-migration';
import { refreshIngestion } from './ingestion-refresh';
import { cleanUpLegacy } from './legacy-cleanup';
import { recalculateMetrics } from './metrics';
import {
  allowReadPipeline,
  pipelineMembers,
  pipelineReader,
  readPipelineAgain,
} from './pipeline-check';
import { pipelineUpgrade } from './pipeline-upgrade';
import { quietPeriod } from './quiet-period';
import { upgradeSchemas } from './schema-upgrade';
import { snapshotOf } from './snapshot';
import { when } from './when';

/** Adds the machine `<stack>-upgrade` to a clickstream stack. */
export function addUpgrade(scope: Construct, target: TargetWith<'clickstream'>): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'Upgrade', {
    name: 'upgrade',
    runbook: 'clickstream-upgrade',
    comment:
      'Upgrades Clickstream Analytics on AWS: console, pipeline, ingestion servers, schema and data',
    schema: 'clickstream-upgrade',
    target: clickstream,
    tracing,
    docs: 'docs/runbooks/clickstream.md',
    body: (body) => {
      const accesses = accessesOf(body, clickstream.warehouse);
      return checkThenWork(body, {
        check: checkUpgrade(body, clickstream, accesses),
        plan: {
          console: '{% $states.input.console %}',
          pipeline: '{% $states.input.pipeline %}',
          plan: '{% $states.input.plan %}',
        },
        work: upgrade(body, clickstream, accesses),
      });
    },
  });
}

/** The guide's table of contents. */
function upgrade(scope: Construct, target: ClickstreamTarget, accesses: Accesses): sfn.Chain {
  const { warehouse, definer } = accesses;
  const quiet = quietPeriod(scope, target);
  return (
    sfn.Chain.start(askWhenBusy(scope))
      .next(quiet.begin)
      .next(snapshotOf(scope, target, warehouse))
      .next(consoleUpdate(scope, target, "{% 'change-set' in $states.input.input.gates %}"))
      .next(pipelineUpgrade(scope, target))
      // First: an upgrade may have made rules, tables and machines of other names.
      .next(readPipelineAgain(scope, target))
      .next(quiet.again)
      .next(upgradeSchemas(scope, { warehouse, definer, target }))
      .next(
        when(scope, refreshIngestion(scope, target), {
          question: 'Shall the ingestion servers be replaced?',
          condition: '$states.input.input.ingestion.refresh',
          done: 'The ingestion servers are as wanted',
        }),
      )
      .next(checkWarehouse(scope, target, accesses))
      .next(quiet.capacity)
      .next(migrateApplications(scope, accesses))
      .next(recalculateMetrics(scope, { warehouse, target }))
      .next(
        when(scope, cleanUpLegacy(scope, { warehouse }), {
          question: 'Shall the legacy objects be dropped?',
          condition: '$states.input.input.cleanup.dropLegacy',
          done: 'The legacy objects are as wanted',
        }),
      )
      .next(quiet.end)
  );
}

/** Looks at all of it; what it finds is `console`, `pipeline` and `plan`. */
function checkUpgrade(scope: Construct, target: ClickstreamTarget, accesses: Accesses) {
  const task = Platform.of(scope).task('preflight-upgrade', {
    ...pipelineReader(target),
    ledger: ['GetItem', 'PutItem', 'Query'],
    states: ['DescribeExecution'],
  });
  allowReadPipeline(scope, task, target);
  allowReadConsole(scope, task, target, ['cloudformation:DescribeStackEvents']);
  accesses.grant(task);
  return taskState(scope, 'Check the upgrade', {
    task,
    payload: {
      console: consoleMembers(scope, target),
      pipeline: pipelineMembers(scope, target, {
        upgradeTo: '{% $states.input.input.targetVersion %}',
        days: '{% $states.input.input.migration.days %}',
        appIds: '{% [$states.input.input.appIds] %}',
      }),
      migration: { ...warehouseMembers(scope, target, accesses), schemaReady: false },
      dryRun: '{% $states.input.input.dryRun %}',
    },
    outputs: '{% $merge([$states.input, $states.result.Payload]) %}',
    comment:
      'Looks at console, pipeline and data together, and reports every finding at once; changes nothing. On redrive: looks again',
  });
}
