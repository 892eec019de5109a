import { consoleDeps } from '../shared/clickstream/console-access';
import { dataApiFor } from '../shared/clients';
import { foreignSfn } from '../shared/foreign-clients';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { preflightUpgrade } from './core';
import type { PreflightUpgradePayload } from './payload';

export const handler = taskHandler((payload: PreflightUpgradePayload) =>
  preflightUpgrade(payload, {
    ...consoleDeps(),
    executions: foreignSfn,
    dataApi: dataApiFor,
    sqlText,
  }),
);
