import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { dataApiFor, ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { ClusterRoles, NamespaceRoles } from '../shared/functions/role-hosts';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { sqlText } from '../shared/sql-files';
import { ensureFunctions } from './core';
import type { EnsureFunctionsPayload } from './payload';
import type { EnsureDeps } from './work';

const roleHost: EnsureDeps['roleHost'] = ({ workgroup, cluster, region }, roleArn) =>
  workgroup === undefined
    ? new ClusterRoles(new RedshiftClient({ region, maxAttempts: 4 }), cluster!, roleArn)
    : new NamespaceRoles(
        new RedshiftServerlessClient({ region, maxAttempts: 4 }),
        workgroup,
        roleArn,
      );

export const handler = taskHandler(
  (payload: EnsureFunctionsPayload, invocation) =>
    ensureFunctions(
      payload,
      {
        ledger: ledgerFromEnv(),
        sfn: sfnClient(),
        clock: systemClock,
        dataApi: dataApiFor,
        sqlText,
        roleHost,
      },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
