import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { WarehouseConfig } from '../../lambdas/shared/inputs/target';
import { Warehouse } from '../steps/warehouse';

/** The warehouse of a target's configuration. */
export function warehouseOf(scope: Construct, config: WarehouseConfig): Warehouse {
  const { roleArn, secretArn } = config;
  const access = {
    role:
      roleArn === undefined
        ? undefined
        : iam.Role.fromRoleArn(scope, 'WarehouseRole', roleArn, { mutable: false }),
    secret:
      secretArn === undefined
        ? undefined
        : secretsmanager.Secret.fromSecretCompleteArn(scope, 'WarehouseSecret', secretArn),
  };
  return config.type === 'serverless'
    ? Warehouse.serverless({ ...config, ...access })
    : Warehouse.provisioned({ ...config, ...access });
}
