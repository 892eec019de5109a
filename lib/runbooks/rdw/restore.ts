// The machine `rdw-restore`: the table of a tenant as it was before a back-fill, in the same window and by the
// same swap. What it replaces is backed up first, so that a restore can be taken back too.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import type { RunbookMachine } from '../../platform/runbook-machine';
import { backup } from './backup';
import { takeHighWater } from './high-water';
import { addWindowMachine } from './instance';
import type { Instance } from './preflight';
import { assertQuiet } from './quiet';
import { readBackup, restoreLoad } from './restore-load';
import { dropStaging, vacuumAndAnalyze } from './tidy';

/** A backup may hold rows of any age. */
const EVER = '1970-01-01T00:00:00Z';

/** Adds the machine `<stack>-restore` to an rdw stack. */
export const addRestore = (scope: Construct, target: TargetWith<'rdw'>): RunbookMachine =>
  addWindowMachine(scope, 'Restore', target, {
    name: 'restore',
    runbook: 'rdw-restore',
    comment: 'Brings the alt scores back as they were before a back-fill',
    window: (instance) => ({
      work: 'restored',
      start: EVER,
      common: `{ 'start': '${EVER}', 'backupOf': $states.input.input.backupOf }`,
      tolerance: 'continue',
      tenant: (child) => restoreTenant(child, instance),
    }),
  });

function restoreTenant(scope: Construct, instance: Instance): sfn.Chain {
  const { warehouse } = instance;
  return sfn.Chain.start(readBackup(scope, instance))
    .next(takeHighWater(scope, instance))
    .next(backup(scope, instance))
    .next(restoreLoad(scope, { ...instance, beforeSwap: assertQuiet(scope, instance) }))
    .next(vacuumAndAnalyze(scope, warehouse))
    .next(dropStaging(scope, warehouse));
}
