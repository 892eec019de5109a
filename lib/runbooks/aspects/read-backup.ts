// The backup is read before the first step of the way back: a downgrade that no restore follows is worse than none.

import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { ConfirmBackupPayload } from '../../../lambdas/confirm-backup/payload';
import { type PayloadOf, taskState } from '../../platform/task-state';
import type { Installation } from './installation';

const FOUND = '$states.input.found';

/** Throws where the backup cannot take the place of what is there; keeps the state data as they are. */
export const readBackup = (scope: Construct, installation: Installation): tasks.LambdaInvoke =>
  taskState(scope, 'Read the backup before the way back', {
    task: installation.task('confirm-backup'),
    payload: {
      ...installation.members,
      place: installation.backupTo,
      backupId: `{% ${FOUND}.backup.id %}`,
      wayBack: { alembic: `{% ${FOUND}.alembic %}` },
    } satisfies PayloadOf<ConfirmBackupPayload>,
    comment:
      'Brings the backup back without rows under other names, compares its relations and its revision, and asks whether ' +
      'what is there may be dropped; changes nothing. On redrive: looks again',
  });
