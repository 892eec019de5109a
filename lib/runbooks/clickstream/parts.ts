// Machines that do one part of the guide alone: pipeline, ingestion servers, clean-up.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookMachine } from '../../platform/runbook-machine';
import { checkThenWork } from '../check-then-work';
import { accessesOf } from './accesses';
import { refreshIngestion } from './ingestion-refresh';
import { cleanUpLegacy, lookAtLegacy } from './legacy-cleanup';
import { checkPipeline, readPipelineAgain } from './pipeline-check';
import { pipelineUpgrade } from './pipeline-upgrade';
import { quietPeriod } from './quiet-period';
import { upgradeSchemas } from './schema-upgrade';
import { snapshotOf } from './snapshot';

const DOCS = 'docs/runbooks/clickstream.md';
const PLAN = { pipeline: '{% $states.input.pipeline %}' };

/** Adds `<stack>-pipeline-upgrade`: the pipeline follows its console, and its schemas follow the pipeline. */
export function addPipelineUpgrade(
  scope: Construct,
  target: TargetWith<'clickstream'>,
): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'PipelineUpgrade', {
    name: 'pipeline-upgrade',
    runbook: 'clickstream-pipeline-upgrade',
    comment: 'Upgrades the pipeline of a project, and its schemas, to the version of its console',
    schema: 'clickstream-pipeline-upgrade',
    target: clickstream,
    tracing,
    docs: DOCS,
    body: (body) => {
      const { warehouse, definer } = accessesOf(body, clickstream.warehouse);
      const quiet = quietPeriod(body, clickstream);
      return checkThenWork(body, {
        check: checkPipeline(body, clickstream, {
          upgradeTo: 'console',
        }),
        plan: PLAN,
        work: sfn.Chain.start(quiet.begin)
          .next(snapshotOf(body, clickstream, warehouse))
          .next(pipelineUpgrade(body, clickstream))
          .next(readPipelineAgain(body, clickstream))
          .next(quiet.again)
          .next(upgradeSchemas(body, { warehouse, definer, target: clickstream }))
          .next(quiet.end),
      });
    },
  });
}

/** Adds `<stack>-ingestion-refresh`: servers of before the upgrade are replaced. */
export function addIngestionRefresh(
  scope: Construct,
  target: TargetWith<'clickstream'>,
): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'IngestionRefresh', {
    name: 'ingestion-refresh',
    runbook: 'clickstream-ingestion-refresh',
    comment: 'Replaces ingestion servers on EC2 by those of the present template',
    schema: 'clickstream-ingestion-refresh',
    target: clickstream,
    tracing,
    docs: DOCS,
    body: (body) =>
      checkThenWork(body, {
        check: checkPipeline(body, clickstream, {}),
        plan: PLAN,
        work: refreshIngestion(body, clickstream),
      }),
  });
}

/** Adds `<stack>-legacy-cleanup`: what the old schema left behind is dropped, after it was compared. */
export function addLegacyCleanup(
  scope: Construct,
  target: TargetWith<'clickstream'>,
): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'LegacyCleanup', {
    name: 'legacy-cleanup',
    runbook: 'clickstream-legacy-cleanup',
    comment: 'Drops the objects of the schema before 1.1.6, after a comparison and an approval',
    schema: 'clickstream-legacy-cleanup',
    target: clickstream,
    tracing,
    docs: DOCS,
    body: (body) => {
      const { warehouse } = accessesOf(body, clickstream.warehouse);
      const cleanup = cleanUpLegacy(body, { warehouse });
      return checkThenWork(body, {
        check: checkPipeline(body, clickstream, {
          days: '{% $states.input.input.migration.days %}',
          appIds: '{% [$states.input.input.appIds] %}',
        }),
        look: lookAtLegacy(body, { warehouse }),
        plan: { ...PLAN, legacy: '{% $states.input.legacy %}' },
        work: sfn.Chain.start(snapshotOf(body, clickstream, warehouse)).next(cleanup),
      });
    },
  });
}
