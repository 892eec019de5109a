// What a scenario's folder says about the account: `cloud.json`, `faults.json`, `warehouse.sql`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouseData } from '../clickhouse';
import type { ClickstreamData } from '../clickstream/data';
import { schemaTable } from '../clickstream/schema-list';
import { type FaultSpec, faultOf } from '../faults/faults';
import type { HostData } from '../host';
import { versionText } from '../host/programs/versions.cjs';
import type { PolicyDocument } from '../iam/policy';
import type { MySqlData } from '../mysql';
import type { CloudFormationData } from '../services/cloudformation';
import type { TableData } from '../services/dynamodb';
import type { Ec2Data } from '../services/ec2';
import type { EmrData } from '../services/emr-serverless';
import type { RuleData } from '../services/event-rules';
import type { KubernetesData } from '../services/kubernetes';
import type { MetricData } from '../services/metrics';
import type { RdsData } from '../services/rds';
import type { FleetData } from '../services/servers/fleet';
import type { AdministeredWarehouse } from '../warehouse/roles';
import type { WarehouseOptions } from '../warehouse/warehouse';
import type { CloudOptions } from './contract';

/** Something that has to be done before a gate can be approved; `$run` in it is the id of the run. */
export type GateAct =
  | {
      /** Name of a MySQL cluster, or `clickhouse`, which refuses to take the same backup twice. */
      readonly cluster: string;
      readonly sql: string;
    }
  | {
      /** Id of a Tutor host. */
      readonly host: string;
      /** Commands of its shell. */
      readonly script: string;
    };

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
  /** Ingestion servers, an entry a group. */
  readonly ingestion?: readonly FleetData[];
  readonly emr?: EmrData;
  /** A cluster with its API server. */
  readonly kubernetes?: KubernetesData;
  /** Clusters of Aurora MySQL; a file of SQL says what is in each. */
  readonly mysql?: MySqlData | readonly MySqlData[];
  /** Servers of databases as RDS tells of them. */
  readonly rds?: RdsData;
  /** Instances and security groups as EC2 tells of them. */
  readonly ec2?: Ec2Data;
  /** What the operator does when a gate asks, before the answer, by the gate's name. */
  readonly gates?: Readonly<Record<string, readonly GateAct[]>>;
  /** Tutor hosts that Systems Manager reaches. */
  readonly hosts?: readonly HostData[];
  /** A ClickHouse server over HTTP; files of SQL say what is in it. */
  readonly clickhouse?: ClickHouseData;
  /** Tables of DynamoDB. */
  readonly tables?: readonly TableData[];
  /** Clickstream Analytics on AWS, alive: its console, workflows, jobs and loads. */
  readonly clickstream?: ClickstreamData;
  /** Metrics of CloudWatch. */
  readonly metrics?: readonly MetricData[];
  /** Rules of EventBridge. */
  readonly rules?: readonly RuleData[];
  /** By ARN or name. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Tags of secrets, by the same. */
  readonly secretTags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether the Data API refuses calls above AWS's rates. */
  readonly throttling?: boolean;
  readonly warehouse?: AdministeredWarehouse & {
    readonly database: string;
    readonly secrets?: Readonly<Record<string, string>>;
  };
}

type Scenario = Pick<CloudOptions, 'scenarioDir' | 'rows' | 'machine'>;

const textOf = ({ scenarioDir }: Scenario, file: string): string | undefined => {
  const path = scenarioDir && join(scenarioDir, file);
  return path && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

/** `cloud.json`, changed by `cloud.<machine>.json`, where that is, as a merge patch. */
export function readAccount(scenario: Scenario): Account {
  const read = (file: string): unknown => JSON.parse(textOf(scenario, file) ?? '{}');
  const { machine } = scenario;
  return patched(read('cloud.json'), machine ? read(`cloud.${machine}.json`) : {}) as Account;
}

/** https://www.rfc-editor.org/rfc/rfc7396 */
function patched(value: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return patch;
  const old = isMembers(value) ? value : {};
  const changed = Object.entries(patch).map(([key, one]) => [key, patched(old[key], one)]);
  const all = Object.entries({ ...old, ...Object.fromEntries(changed) });
  return Object.fromEntries(all.filter(([, one]) => one !== null));
}

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Faults of the scenario, then those that were asked for. */
export function readFaults({ faults = [], ...scenario }: CloudOptions): FaultSpec[] {
  const own = JSON.parse(textOf(scenario, 'faults.json') ?? '[]') as unknown[];
  return [...own, ...faults].map(faultOf);
}

/** What is in a MySQL cluster of the scenario: SQL that is executed in order. */
export const readSource = (
  scenario: Scenario,
  { sql = 'source.sql' }: MySqlData,
): readonly string[] => {
  const { rows } = scenario;
  const size = rows === undefined ? [] : [`set @rows = ${rows}`];
  return [...size, ...[sql].flat().map((file) => textOf(scenario, file) ?? 'do 0')];
};

/** What is in the scenario's ClickHouse: SQL that is executed in order. */
export const readClickHouse = (
  { scenarioDir = '' }: Scenario,
  { sql = 'clickhouse.sql' }: ClickHouseData,
): readonly string[] => [sql].flat().map((file) => versionText(join(scenarioDir, file)));

/** What the scenario's warehouse is made of; undefined when it has none. */
export function readWarehouse(
  scenario: Scenario,
): Omit<WarehouseOptions, 'clock' | 'lambda' | 'storage'> | undefined {
  const { warehouse: address, clickstream } = readAccount(scenario);
  const sql = textOf(scenario, 'warehouse.sql');
  return (
    address && {
      address,
      database: address.database,
      secrets: address.secrets,
      rows: scenario.rows,
      settings: clickstream?.schema && { 'rehearsal.schema': clickstream.schema },
      scenarioSql: sql === undefined ? [] : [...schemaTable(scenario.scenarioDir!), sql],
    }
  );
}
