// What callers of the Data API send, and what it refuses before anything runs.
// https://docs.aws.amazon.com/redshift-data/latest/APIReference/
// Sessions (SessionId, SessionKeepAliveSeconds) and results as CSV are refused: no task uses them.

import {
  flag,
  integer,
  listOf,
  needed,
  oneOf,
  type Read,
  read,
  refuse,
  structure,
  text,
} from '../services/members';
import type { ServiceRequest } from '../types';
import { parametersOf } from './rewrites';
import type { SqlParameter, StatementCall } from './statement';
import type { Warehouse } from './warehouse';

const ANY = Number.POSITIVE_INFINITY;
const SQL = needed(text(0, ANY, { sensitive: true }));
const WAIT = { WaitTimeSeconds: integer(1, 30) };
const PLACE = {
  ClusterIdentifier: text(1, 63, { pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/ }),
  WorkgroupName: text(3, 128, { pattern: /^([a-z0-9-]{3,63}|arn:[^:]+:redshift-serverless:.+)$/ }),
  Database: text(0, ANY),
};
const PARAMETER = {
  name: needed(text(0, ANY, { pattern: /^[0-9a-zA-Z_]+$/ })),
  value: needed(text(1, ANY, { sensitive: true })),
};
const SUBMIT = {
  ...PLACE,
  ...WAIT,
  SecretArn: text(0, ANY),
  DbUser: text(0, ANY),
  Parameters: listOf(needed(structure(PARAMETER)), 1),
  StatementName: text(0, 2048),
  WithEvent: flag,
  ClientToken: text(1, 64),
  ResultFormat: oneOf('JSON', 'CSV'),
};
const EXECUTE = { ...SUBMIT, Sql: SQL };
const BATCH = {
  ...SUBMIT,
  Sqls: needed(listOf(SQL, 1, 40)),
  ExecutionMode: oneOf('TRANSACTION', 'AUTO_COMMIT'),
};
const ID = needed(
  text(0, ANY, { pattern: /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d{0,2})?$/ }),
);
const STATUSES = [
  'SUBMITTED',
  'PICKED',
  'STARTED',
  'FINISHED',
  'ABORTED',
  'FAILED',
  'ALL',
] as const;

/** Shapes of the operations that are about a statement there is. */
export const DESCRIBE = { Id: ID, ...WAIT };
export const RESULT = { ...DESCRIBE, NextToken: text(0, ANY) };
export const CANCEL = { Id: ID };
export const LIST = {
  ...PLACE,
  NextToken: text(0, ANY),
  MaxResults: integer(0, 100),
  StatementName: text(0, 2048),
  Status: oneOf(...STATUSES),
  RoleLevel: flag,
};

type SubmitInput = Read<typeof SUBMIT>;
type PlaceInput = Read<typeof PLACE>;

/** What is to run, before it is known where. */
export type Submission = SubmitInput & Pick<StatementCall, 'sqls' | 'parameters' | 'batch'>;

/** Limits of https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
const MAX_TEXT_BYTES = 200_000;

/** Reads a call of ExecuteStatement or BatchExecuteStatement; refuses what AWS would refuse. */
export function readSubmission({ operation, input }: ServiceRequest): Submission {
  const submission = operation === 'ExecuteStatement' ? readOne(input) : readBatch(input);
  const { sqls, parameters, ResultFormat } = submission;
  if (ResultFormat === 'CSV') throw refuse('the rehearsal does not know ResultFormat CSV');
  if (sqls.some((sql) => sql.trim() === '')) throw refuse('Sql must not be empty');
  if (sqls.some((sql) => Buffer.byteLength(sql) > MAX_TEXT_BYTES)) {
    throw refuse('Cannot process query string larger than 200kB');
  }
  checkParameters(sqls, parameters);
  return submission;
}

function readOne(input: Readonly<Record<string, unknown>>): Submission {
  const { Sql, ...rest } = read(input, EXECUTE);
  return { ...rest, sqls: [Sql], parameters: rest.Parameters ?? [] };
}

function readBatch(input: Readonly<Record<string, unknown>>): Submission {
  const { Sqls, ExecutionMode: batch = 'TRANSACTION', ...rest } = read(input, BATCH);
  return { ...rest, sqls: Sqls, parameters: rest.Parameters ?? [], batch };
}

/** The warehouse a call names. */
export function warehouseOf(warehouses: readonly Warehouse[], input: PlaceInput): Warehouse {
  const { WorkgroupName, ClusterIdentifier } = input;
  if ((WorkgroupName === undefined) === (ClusterIdentifier === undefined)) {
    throw refuse('exactly one of ClusterIdentifier and WorkgroupName must be given');
  }
  const found = warehouses.find(({ address }) =>
    address.kind === 'serverless'
      ? address.workgroup === WorkgroupName || address.arn === WorkgroupName
      : address.cluster === ClusterIdentifier,
  );
  if (!found) throw refuse("Redshift endpoint doesn't exist in this region.");
  return found;
}

/** Which user of which database a call runs as; checks that the caller may be it. */
export function placeOf(
  input: SubmitInput,
  warehouse: Warehouse,
  request: ServiceRequest,
): Pick<StatementCall, 'user' | 'database' | 'target'> {
  const { Database: database, SecretArn, DbUser } = input;
  if (!database) throw refuse('Database must be given');
  const { address } = warehouse;
  const where: Record<string, string> =
    address.kind === 'serverless'
      ? { WorkgroupName: address.workgroup }
      : { ClusterIdentifier: address.cluster };
  const place = (user: string, more = {}) => ({
    user,
    database,
    target: { ...where, Database: database, ...more },
  });
  if (SecretArn !== undefined && DbUser !== undefined) {
    throw refuse('DbUser cannot be given with SecretArn');
  }
  if (SecretArn !== undefined) {
    request.authorize('secretsmanager:GetSecretValue', SecretArn);
    const { secrets } = warehouse;
    const user = Object.hasOwn(secrets, SecretArn) ? secrets[SecretArn] : undefined;
    if (!user) throw refuse(`there is no secret ${SecretArn} with credentials of this warehouse`);
    return place(user, { SecretArn });
  }
  const iam = `${request.principal.kind === 'role' ? 'IAMR' : 'IAM'}:${request.principal.arn.split('/').at(-1)}`;
  if (address.kind === 'serverless') {
    if (DbUser !== undefined) throw refuse('DbUser cannot be given with WorkgroupName');
    request.authorize('redshift-serverless:GetCredentials', address.arn);
    return place(iam, { DbUser: iam });
  }
  if (DbUser === undefined) {
    request.authorize(
      'redshift:GetClusterCredentialsWithIAM',
      address.arn.replace(/:cluster:.*/, `:dbname:${address.cluster}/${database}`),
    );
    return place(iam, { DbUser: iam });
  }
  request.authorize(
    'redshift:GetClusterCredentials',
    address.arn.replace(/:cluster:.*/, `:dbuser:${address.cluster}/${DbUser}`),
  );
  return place(DbUser, { DbUser });
}

function checkParameters(sqls: readonly string[], parameters: readonly SqlParameter[]): void {
  const given = parameters.map(({ name }) => name);
  const used = new Set(sqls.flatMap(parametersOf));
  const twice = given.filter((name, index) => given.indexOf(name) !== index);
  if (twice.length > 0) throw refuse(`Parameters are given twice: [${twice.join(', ')}]`);
  const unused = given.filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw refuse(
      `Parameters list contains unused parameters. Unused parameters: [${unused.join(', ')}]`,
    );
  }
  const missing = [...used].filter((name) => !given.includes(name));
  if (missing.length > 0) {
    throw refuse(`Parameters list lacks parameters of the statement: [${missing.join(', ')}]`);
  }
}
