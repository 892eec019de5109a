import { ClickstreamStack } from '../../lib/runbooks/clickstream/clickstream-stack';
import { dryRun } from './dry-run';

dryRun('Upgrade', (app, targetName, { clickstream, ...target }) =>
  clickstream
    ? new ClickstreamStack(app, { targetName, target: { ...target, clickstream } })
    : undefined,
);
