import { Logger } from '@aws-lambda-powertools/logger';

/** One object per event; give `runId`, `step`, `batch`, `attempt`, never a secret or SQL with values. */
export const log = new Logger({ serviceName: 'upgrade-runbooks' });
