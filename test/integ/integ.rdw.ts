import { RdwStack } from '../../lib/runbooks/rdw/rdw-stack';
import { dryRun } from './dry-run';

dryRun('Backfill', (app, targetName, { rdw, ...target }) =>
  rdw ? new RdwStack(app, { targetName, target: { ...target, rdw } }) : undefined,
);
