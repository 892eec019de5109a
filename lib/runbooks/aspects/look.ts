// The state that looks at everything an upgrade relies on, and decides the way.

import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DiscoverAspectsPayload } from '../../../lambdas/discover-aspects/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import type { Installation } from './installation';

/** Puts `found` into the state data; throws one error with every finding. */
export const discover = (scope: Construct, installation: Installation): tasks.LambdaInvoke =>
  taskState(scope, 'Look at the host and at ClickHouse', {
    task: installation.taskOnHost('discover-aspects'),
    payload: {
      ...installation.members,
      host: installation.host,
      mode: installation.target.mode,
      targetVersion: '{% $states.input.input.targetVersion %}',
      throughHop: '{% $states.input.input.throughHop %}',
      triedOnCopy: '{% $states.input.input.triedOnCopy %}',
      models: '{% $states.input.input.models %}',
      place: installation.backupTo,
      backupMethod: '{% $states.input.input.backup.method %}',
      dryRun: '{% $states.input.input.dryRun %}',
    } satisfies PayloadOf<DiscoverAspectsPayload>,
    outputs: addResult('found'),
    comment:
      'Reads versions, settings, room and jobs on the host, data model, sizes and disks in ClickHouse, decides through ' +
      'which versions it goes, and reports every finding at once; changes nothing. On redrive: looks again',
  });
