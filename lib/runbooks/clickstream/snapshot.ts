import type { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import type { Warehouse } from '../../steps/warehouse';
import { WarehouseSnapshot } from '../../steps/warehouse-snapshot';

/** A snapshot of a project's warehouse, before anything in it is changed. */
export const snapshotOf = (
  scope: Construct,
  { warehouse: config }: Pick<ClickstreamTarget, 'warehouse'>,
  warehouse: Warehouse,
): WarehouseSnapshot =>
  new WarehouseSnapshot(scope, 'Snapshot', {
    warehouse,
    namespace: config.type === 'serverless' ? config.namespace : undefined,
  });
