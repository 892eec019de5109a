import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookStack } from '../../platform/runbook-stack';
import { afterRelease } from './after-release';
import { addBackfill } from './backfill';
import { addRestore } from './restore';

/** Properties of {@link RdwStack}. */
export interface RdwStackProps {
  /** Name of the target, the first part of the stack's name. */
  readonly targetName: string;

  /** The target's checked configuration. */
  readonly target: TargetWith<'rdw'>;
}

/** The back-fill of alt scores in the Reporting Data Warehouse: one stack an instance. */
export class RdwStack extends RunbookStack {
  constructor(scope: Construct, { targetName, target }: RdwStackProps) {
    super(scope, `${targetName}-rdw`, {
      target,
      description:
        'Back-fill of alt scores, Aurora MySQL to Redshift, as redrivable state machines',
      afterRelease: (release) => afterRelease(release, target.rdw),
    });
    addBackfill(this, target);
    addRestore(this, target);
  }
}
