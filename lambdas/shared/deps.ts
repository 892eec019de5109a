// What the handlers of tasks on a database hand to their cores.

import { ledgerFromEnv, sfnClient } from './clients';
import { systemClock } from './clock';
import { sqlText } from './sql-files';

/** @param connect opens a connection as the payload names it */
export const databaseDeps = <Connect>(connect: Connect) => ({
  ledger: ledgerFromEnv(),
  clock: systemClock,
  sqlText,
  connect,
});

/** For a task that waits: it asks whether its execution still runs. */
export const waitingDeps = <Connect>(connect: Connect) => ({
  ...databaseDeps(connect),
  sfn: sfnClient(),
});
