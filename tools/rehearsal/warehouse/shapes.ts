// What callers of the Data API get to see of a statement.

import type { CloudEvent } from '../types';
import { sizeOf } from './results';
import type { Statement, SubStatement } from './statement';
import type { Warehouse } from './warehouse';

/** Results and ids are kept for a day. */
export const RESULT_LIVES_MS = 24 * 3_600_000;

export const seconds = (ms: number) => ms / 1000;

const hasResult = ({ result }: SubStatement) => result !== undefined;

/** Answer of DescribeStatement for a statement, or for one of a batch. */
export function described(statement: Statement, part: SubStatement | undefined) {
  const { call, parts, pid } = statement;
  const only = part ?? (call.batch ? undefined : parts[0]);
  return {
    ...describedPart(only ?? parts.at(-1)!),
    ...progressOf(part ?? statement),
    Id: statement.id,
    QueryString: only?.sql,
    QueryParameters: call.parameters.length > 0 ? call.parameters : undefined,
    HasResultSet: only ? hasResult(only) : parts.some(hasResult),
    RedshiftPid: pid,
    ResultFormat: 'JSON',
    ExecutionMode: call.batch,
    ...(call.batch &&
      !part && {
        SubStatements: parts.map((each, index) => ({
          ...describedPart(each),
          Id: `${statement.id}:${index + 1}`,
          QueryString: each.sql,
        })),
      }),
    ...call.target,
  };
}

/** -1 stands for what is not known yet. */
const describedPart = (part: SubStatement) => ({
  ...progressOf(part),
  HasResultSet: hasResult(part),
  ResultRows: part.rows,
  ResultSize: part.result ? sizeOf(part.result) : part.over ? 0 : -1,
  RedshiftQueryId: part.queryId,
});

const progressOf = (what: Statement | SubStatement) => ({
  Status: what.status,
  Error: what.error,
  Duration:
    what.over && what.startedAt !== undefined
      ? Math.round((what.updatedAt - what.startedAt) * 1e6)
      : -1,
  CreatedAt: seconds(what.createdAt),
  UpdatedAt: seconds(what.updatedAt),
});

/** Entry of ListStatements. */
export const listed = ({ call, id, status, createdAt, updatedAt }: Statement) => ({
  Id: id,
  QueryString: call.batch ? undefined : call.sqls[0],
  QueryStrings: call.batch ? call.sqls : undefined,
  Status: status,
  StatementName: call.name,
  CreatedAt: seconds(createdAt),
  UpdatedAt: seconds(updatedAt),
  QueryParameters: call.parameters.length > 0 ? call.parameters : undefined,
  IsBatchStatement: call.batch !== undefined,
  ResultFormat: 'JSON',
  SecretArn: call.target.SecretArn,
});

/** https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-monitoring-events.html */
export function endedEvent(statement: Statement, { address }: Warehouse, now: number): CloudEvent {
  const [, , , region, account] = address.arn.split(':');
  const last = statement.parts.at(-1)!;
  return {
    source: 'aws.redshift-data',
    'detail-type': 'Redshift Data Statement Status Change',
    account: account!,
    region: region!,
    time: new Date(now).toISOString(),
    resources: [address.arn],
    detail: {
      principal: statement.call.owner,
      statementName: statement.call.name ?? '',
      statementId: statement.id,
      redshiftQueryId: last.queryId,
      state: statement.status,
      rows: last.rows,
      expireAt: Math.floor(seconds(statement.updatedAt + RESULT_LIVES_MS)),
    },
  };
}
