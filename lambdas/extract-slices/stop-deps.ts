import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { connectMySql } from '../shared/mysql/connect';
import { MySqlSessions } from './sessions';
import type { StopExportsDeps } from './stop';

/** What stopping exports needs on AWS. */
export const stopExportsFromEnv = (): StopExportsDeps => ({
  ledger: ledgerFromEnv(),
  clock: systemClock,
  sessions: (source, runId, id) => new MySqlSessions(() => connectMySql(source), runId, { id }),
});
