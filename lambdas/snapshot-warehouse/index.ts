import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { ledgerFromEnv, perRegion, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { type SnapshotDeps, snapshotWarehouse } from './core';
import { ClusterSnapshots, NamespaceSnapshots } from './hosts';
import type { SnapshotWarehousePayload } from './payload';

const clusters = perRegion((settings) => new RedshiftClient(settings));
const namespaces = perRegion((settings) => new RedshiftServerlessClient(settings));

const host: SnapshotDeps['host'] = (source) =>
  'cluster' in source
    ? new ClusterSnapshots(clusters(source.region), source.cluster)
    : new NamespaceSnapshots(
        namespaces(source.region),
        source.workgroup,
        source.namespace ?? undefined,
      );

export const handler = taskHandler(
  (payload: SnapshotWarehousePayload, invocation) =>
    snapshotWarehouse(
      payload,
      { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, host },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
