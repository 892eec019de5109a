import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DefinedWarehouseConfig } from '../../../lambdas/shared/inputs/target';
import type { Warehouse } from '../../steps/warehouse';
import { warehouseOf } from '../warehouse-of';

/** The warehouse of a project, as whoever works in it. */
export interface Accesses {
  /** As the owner of the tables. */
  readonly warehouse: Warehouse;
  /** As who makes functions there. */
  readonly definer: Warehouse;
  /** Lets a task call as both. */
  grant(task: lambda.Function): void;
}

export function accessesOf(scope: Construct, config: DefinedWarehouseConfig): Accesses {
  const warehouse = warehouseOf(scope, config);
  const definer = definerOf(scope, config, warehouse);
  return {
    warehouse,
    definer,
    grant(task) {
      warehouse.grantStatements(task);
      if (definer !== warehouse) definer.grantStatements(task);
    },
  };
}

/** The same warehouse as who makes functions there; the one who calls them, unless another is named. */
function definerOf(
  scope: Construct,
  config: DefinedWarehouseConfig,
  warehouse: Warehouse,
): Warehouse {
  const dbUser = config.type === 'provisioned' ? config.functionsDbUser : undefined;
  const roleArn = config.functionsRoleArn;
  if (roleArn === undefined && dbUser === undefined) return warehouse;
  // A secret names the user who calls.
  const { secretArn: _, ...rest } = config;
  return warehouseOf(new Construct(scope, 'Definer'), {
    ...rest,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(dbUser === undefined ? {} : { dbUser }),
  } as DefinedWarehouseConfig);
}
