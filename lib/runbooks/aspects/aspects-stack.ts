import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookStack } from '../../platform/runbook-stack';
import { afterRelease } from './after-release';
import { addRollback } from './rollback';
import { addUpgrade } from './upgrade';

/** Properties of {@link AspectsStack}. */
export interface AspectsStackProps {
  /** Name of the target, the first part of the stack's name. */
  readonly targetName: string;

  /** The target's checked configuration. */
  readonly target: TargetWith<'aspects'>;
}

/** Upgrades of Open edX Aspects on one Tutor host: one stack a host. */
export class AspectsStack extends RunbookStack {
  constructor(scope: Construct, { targetName, target }: AspectsStackProps) {
    super(scope, `${targetName}-aspects`, {
      target,
      description: 'Upgrades Open edX Aspects on a Tutor host, as redrivable state machines',
      afterRelease: (release) => afterRelease(release, target.aspects),
    });
    addUpgrade(this, target);
    addRollback(this, target);
  }
}
