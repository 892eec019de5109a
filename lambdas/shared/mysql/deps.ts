// What the handlers of tasks on MySQL hand to their cores.

import { ledgerFromEnv, sfnClient } from '../clients';
import { systemClock } from '../clock';
import { sqlText } from '../sql-files';
import { connectMySql } from './connect';

export const mySqlDeps = () => ({
  ledger: ledgerFromEnv(),
  clock: systemClock,
  sqlText,
  connect: connectMySql,
});

/** For a task that waits: it asks whether its execution still runs. */
export const waitingMySqlDeps = () => ({ ...mySqlDeps(), sfn: sfnClient() });
