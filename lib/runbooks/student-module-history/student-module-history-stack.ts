import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookStack } from '../../platform/runbook-stack';
import { addMigration } from './migration';
import { addRemoval } from './removal';

/** Properties of {@link StudentModuleHistoryStack}. */
export interface StudentModuleHistoryStackProps {
  /** Name of the target, the first part of the stack's name. */
  readonly targetName: string;

  /** The target's checked configuration. */
  readonly target: TargetWith<'studentModuleHistory'>;
}

/** The history of student modules moves to a database of its own: one stack an Open edX instance. */
export class StudentModuleHistoryStack extends RunbookStack {
  constructor(scope: Construct, { targetName, target }: StudentModuleHistoryStackProps) {
    super(scope, `${targetName}-student-module-history`, {
      target,
      description:
        'Moves the student module history of Open edX to a database of its own, as redrivable state machines',
    });
    addMigration(this, target);
    addRemoval(this, target);
  }
}
