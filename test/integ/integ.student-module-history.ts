import { StudentModuleHistoryStack } from '../../lib/runbooks/student-module-history/student-module-history-stack';
import { dryRun } from './dry-run';

dryRun('Migration', (app, targetName, { studentModuleHistory, ...target }) =>
  studentModuleHistory
    ? new StudentModuleHistoryStack(app, {
        targetName,
        target: { ...target, studentModuleHistory },
      })
    : undefined,
);
