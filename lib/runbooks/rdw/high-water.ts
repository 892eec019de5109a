// The state that takes a tenant's high-water mark, in its child of the tenants' Map.

import { Duration } from 'aws-cdk-lib';
import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { Platform } from '../../platform/platform';
import type { TaskRights } from '../../platform/task-rights';
import { addResult, taskState } from '../../platform/task-state';
import type { Instance } from './preflight';

const RIGHTS: TaskRights = { ledger: ['GetItem', 'PutItem'], timeout: Duration.minutes(2) };

/** Puts `highWater` with `start` and `high`, as the warehouse writes them, into the state data. */
export function takeHighWater(
  scope: Construct,
  { source }: Pick<Instance, 'source'>,
): tasks.LambdaInvoke {
  const task = Platform.of(scope).task('take-high-water', { ...RIGHTS, vpc: source.vpc });
  source.grant(task);
  return taskState(scope, 'Take the high-water mark', {
    task,
    payload: {
      source: source.ref,
      tenant: '{% $states.input.value %}',
      start: '{% $states.input.common.start %}',
    },
    inItem: true,
    outputs: addResult('highWater'),
    comment:
      'Reads how far completed jobs of the tenant have come, and keeps it for the run. On redrive: hands back what was kept',
  });
}
