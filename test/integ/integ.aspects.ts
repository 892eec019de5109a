import { AspectsStack } from '../../lib/runbooks/aspects/aspects-stack';
import { dryRun } from './dry-run';

dryRun('Upgrade', (app, targetName, { aspects, ...target }) =>
  aspects ? new AspectsStack(app, { targetName, target: { ...target, aspects } }) : undefined,
);
