import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookStack } from '../../platform/runbook-stack';
import { addConsoleUpdate } from './console-update';
import { addDataMigration } from './data-migration';
import { addIngestionRefresh, addLegacyCleanup, addPipelineUpgrade } from './parts';
import { addUpgrade } from './upgrade';

/** Properties of {@link ClickstreamStack}. */
export interface ClickstreamStackProps {
  /** Name of the target, the first part of the stack's name. */
  readonly targetName: string;

  /** The target's checked configuration. */
  readonly target: TargetWith<'clickstream'>;
}

/** The upgrade of Clickstream Analytics on AWS: one stack a target. */
export class ClickstreamStack extends RunbookStack {
  constructor(scope: Construct, { targetName, target }: ClickstreamStackProps) {
    super(scope, `${targetName}-clickstream`, {
      target,
      description: 'Upgrade of Clickstream Analytics on AWS as redrivable state machines',
    });
    addUpgrade(this, target);
    addConsoleUpdate(this, target);
    addPipelineUpgrade(this, target);
    addIngestionRefresh(this, target);
    addDataMigration(this, target);
    addLegacyCleanup(this, target);
  }
}
