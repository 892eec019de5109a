import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { foreignSfn } from '../shared/foreign-clients';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { recalculateMetrics } from './core';
import type { RecalculateMetricsPayload } from './payload';

export const handler = taskHandler((payload: RecalculateMetricsPayload, invocation) =>
  recalculateMetrics(
    payload,
    {
      ledger: ledgerFromEnv(),
      sfn: sfnClient(),
      clock: systemClock,
      foreignSfn,
      dataApi: dataApiFor,
      sqlText,
    },
    invocation,
  ),
);
