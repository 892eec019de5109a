// What a scenario's folder says about the account: `cloud.json`, `faults.json`, `warehouse.sql`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultSpec, faultOf } from '../faults/faults';
import type { PolicyDocument } from '../iam/policy';
import type { CloudFormationData } from '../services/cloudformation';
import type { AdministeredWarehouse } from '../warehouse/roles';
import type { WarehouseOptions } from '../warehouse/warehouse';
import type { CloudOptions } from './contract';

/** `cloud.json` of a scenario: what exists in the account beside the stacks. */
export interface Account {
  readonly account?: string;
  readonly region?: string;
  readonly roles?: readonly {
    readonly arn: string;
    readonly trust: PolicyDocument;
    readonly policies?: readonly PolicyDocument[];
  }[];
  readonly buckets?: readonly string[];
  readonly cloudformation?: CloudFormationData;
  /** By ARN or name. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Whether the Data API refuses calls above AWS's rates. */
  readonly throttling?: boolean;
  readonly warehouse?: AdministeredWarehouse & {
    readonly database: string;
    readonly secrets?: Readonly<Record<string, string>>;
  };
}

type Scenario = Pick<CloudOptions, 'scenarioDir' | 'rows'>;

const textOf = ({ scenarioDir }: Scenario, file: string): string | undefined => {
  const path = scenarioDir && join(scenarioDir, file);
  return path && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

export const readAccount = (scenario: Scenario): Account =>
  JSON.parse(textOf(scenario, 'cloud.json') ?? '{}') as Account;

/** Faults of the scenario, then those that were asked for. */
export function readFaults({ faults = [], ...scenario }: CloudOptions): FaultSpec[] {
  const own = JSON.parse(textOf(scenario, 'faults.json') ?? '[]') as unknown[];
  return [...own, ...faults].map(faultOf);
}

/** What the scenario's warehouse is made of; undefined when it has none. */
export function readWarehouse(
  scenario: Scenario,
): Omit<WarehouseOptions, 'clock' | 'lambda'> | undefined {
  const { warehouse: address } = readAccount(scenario);
  const sql = textOf(scenario, 'warehouse.sql');
  return (
    address && {
      address,
      database: address.database,
      secrets: address.secrets,
      rows: scenario.rows,
      scenarioSql: sql === undefined ? [] : [sql],
    }
  );
}
