// What callers of the Data API send, and what it refuses before anything runs.

import { ServiceError, type ServiceRequest } from '../types';
import { parametersOf } from './rewrites';
import type { SqlParameter, StatementCall } from './statement';
import type { Warehouse } from './warehouse';

/** Input of ExecuteStatement and BatchExecuteStatement. */
export interface SubmitInput {
  readonly Sql?: string;
  readonly Sqls?: readonly string[];
  readonly ExecutionMode?: 'TRANSACTION' | 'AUTO_COMMIT';
  readonly Parameters?: readonly SqlParameter[];
  readonly Database?: string;
  readonly WorkgroupName?: string;
  readonly ClusterIdentifier?: string;
  readonly DbUser?: string;
  readonly SecretArn?: string;
  readonly StatementName?: string;
  readonly WithEvent?: boolean;
  readonly ClientToken?: string;
  readonly WaitTimeSeconds?: number;
}

/** Input of the operations that look at one statement. */
export interface LookInput {
  readonly Id?: string;
  readonly NextToken?: string;
  readonly WaitTimeSeconds?: number;
}

/** Input of ListStatements. */
export interface ListInput {
  readonly StatementName?: string;
  readonly Status?: string;
  readonly Database?: string;
  readonly WorkgroupName?: string;
  readonly ClusterIdentifier?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

const MAX_TEXT_BYTES = 200 * 1024;
const MAX_SQLS = 40;
const SUBMIT_MEMBERS = new Set(
  `Sql Sqls ExecutionMode Parameters Database WorkgroupName ClusterIdentifier DbUser SecretArn
   StatementName WithEvent ClientToken WaitTimeSeconds ResultFormat`.split(/\s+/),
);

export const refuse = (message: string) => new ServiceError('ValidationException', message);

/** Refuses a call that AWS would refuse, or that this stand-in does not know. */
export function checkSubmit(input: SubmitInput, sqls: readonly string[]): void {
  const odd = Object.keys(input).filter((member) => !SUBMIT_MEMBERS.has(member));
  if (odd.length > 0) throw refuse(`the rehearsal does not know ${odd.join(', ')} of this call`);
  checkTexts(sqls);
  checkParameters(sqls, input.Parameters ?? []);
  checkWait(input.WaitTimeSeconds);
  if (input.ClientToken !== undefined && !/^.{1,64}$/.test(input.ClientToken)) {
    throw refuse('ClientToken must have a length between 1 and 64');
  }
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
  if (SecretArn !== undefined) {
    request.authorize('secretsmanager:GetSecretValue', SecretArn);
    const user = warehouse.secrets[SecretArn];
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

function checkTexts(sqls: readonly string[]): void {
  if (sqls.length < 1 || sqls.length > MAX_SQLS) {
    throw refuse(`Sqls must have between 1 and ${MAX_SQLS} members, got ${sqls.length}`);
  }
  if (sqls.some((sql) => sql.trim() === '')) throw refuse('Sql must not be empty');
  if (sqls.some((sql) => Buffer.byteLength(sql) > MAX_TEXT_BYTES)) {
    throw refuse('Cannot process query string larger than 200kB');
  }
}

function checkParameters(sqls: readonly string[], parameters: readonly SqlParameter[]): void {
  const given = parameters.map(({ name }) => name);
  for (const { name, value } of parameters) {
    if (!/^[0-9a-zA-Z_]+$/.test(name ?? '')) throw refuse(`parameter name ${name} is not valid`);
    if (typeof value !== 'string' || value === '') {
      throw refuse(`value of parameter ${name} must have length greater than or equal to 1`);
    }
  }
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

export function checkWait(time: number | undefined): void {
  if (time !== undefined && !(Number.isInteger(time) && time >= 1 && time <= 30)) {
    throw refuse('WaitTimeSeconds must be an integer between 1 and 30');
  }
}
