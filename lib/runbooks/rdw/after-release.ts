// What a back-fill that is given up leaves, and what its own end would have tidied up: a statement in MySQL,
// staging tables, objects in S3. All of them hold rows of students.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { Platform } from '../../platform/platform';
import { addResult, EXECUTION_CALLER, taskState } from '../../platform/task-state';
import { warehouseOf } from '../warehouse-of';
import { ObjectExpiry } from './expiry';
import { runFolders } from './run-folders';
import { MySqlSource } from './source';

const CALLER = { ...EXECUTION_CALLER, runId: '{% $states.input.run %}' };

/** States of the release machine behind the one that gives the run up. */
export function afterRelease(scope: Construct, target: RdwTarget): sfn.Chain {
  const source = new MySqlSource(scope, target);
  const task = Platform.of(scope).task('tidy-released', {
    ledger: ['GetItem', 'PutItem', 'Query'],
    vpc: source.vpc,
  });
  source.grant(task);
  warehouseOf(scope, target.warehouse).grantStatements(task);
  const tidy = taskState(scope, 'Drop the staging tables of the run', {
    task,
    caller: CALLER,
    payload: {},
    outputs: addResult('tidied'),
    comment:
      'Ends what MySQL still writes for the run, proves that it is gone, and drops its staging tables. On redrive: does what is left of that',
  });
  const expiry = ObjectExpiry.of(scope, target);
  const appoint = taskState(scope, 'Appoint the end of the objects', {
    task: expiry.start,
    caller: CALLER,
    payload: {
      released: true,
      machineArn: expiry.machine.arns.machine,
      keepDays: '{% $states.input.tidied.keepObjectsDays %}',
      folders: runFolders(target, '$states.input.run'),
    },
    outputs: addResult('expiry'),
    comment:
      'Starts an execution that waits as long as the run’s input says and deletes its objects. On redrive: finds the one that waits already',
  });
  return sfn.Chain.start(tidy).next(appoint);
}
