// The machine `rdw-backfill`, read from top to bottom like the guide.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import type { RunbookMachine } from '../../platform/runbook-machine';
import { backup } from './backup';
import { extractSlices } from './extract';
import { takeHighWater } from './high-water';
import { addWindowMachine } from './instance';
import { loadExtract } from './load';
import type { Instance } from './preflight';
import { assertQuiet } from './quiet';
import { reconcileFinal, reconcileStaged } from './reconcile';
import { swap } from './swap';
import { dropStaging, vacuumAndAnalyze } from './tidy';

const INPUT = '$states.input.input';

/** Adds the machine `<stack>-backfill` to an rdw stack. */
export const addBackfill = (scope: Construct, target: TargetWith<'rdw'>): RunbookMachine =>
  addWindowMachine(scope, 'Backfill', target, {
    name: 'backfill',
    runbook: 'rdw-backfill',
    comment: 'Back-fills the alt scores of every tenant: Aurora MySQL to S3 to Redshift',
    window: (instance) => ({
      work: 'back-filled',
      start: `{% ${INPUT}.start %}`,
      common: `{ 'start': ${INPUT}.start, 'sliceDays': ${INPUT}.sliceDays, 'sliceMinutes': ${INPUT}.sliceMinutes }`,
      tolerance: `${INPUT}.onTenantFailure`,
      tenant: (child) => backfillTenant(child, instance),
    }),
  });

/** One tenant: the way back, the rows, the proof, the one change, the proof again, and order. */
function backfillTenant(scope: Construct, instance: Instance): sfn.Chain {
  const { warehouse } = instance;
  return sfn.Chain.start(takeHighWater(scope, instance))
    .next(backup(scope, instance))
    .next(extractSlices(scope, instance))
    .next(
      loadExtract(scope, {
        ...instance,
        manifest: '{% $states.input.extract.manifest %}',
        rows: '{% $states.input.extract.rows %}',
      }),
    )
    .next(reconcileStaged(scope, instance))
    .next(assertQuiet(scope, instance))
    .next(
      swap(scope, {
        warehouse,
        rows: '{% $states.input.extract.rows %}',
        rowsBackedUp: '{% $states.input.backup.rows %}',
        start: '{% $states.input.highWater.start %}',
        high: '{% $states.input.highWater.high %}',
        migrateId: '{% $states.input.highWater.migrateId %}',
      }),
    )
    .next(reconcileFinal(scope, instance))
    .next(vacuumAndAnalyze(scope, warehouse))
    .next(dropStaging(scope, warehouse));
}
