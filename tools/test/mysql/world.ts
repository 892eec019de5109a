// A cluster with one small table, a bucket, and users with and without rights.

import { type ConnectionOptions, createConnection } from 'mysql2/promise';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { MySqlCluster, type MySqlClusterOptions } from '../../rehearsal/mysql';
import { ObjectStore } from '../../rehearsal/services/s3';
import type { CallRecord } from '../../rehearsal/services/server';

export const ACCOUNT = '000000000000';
export const BUCKET = 'rdw-archive';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/aurora-to-s3`;
const CLUSTER = `arn:aws:rds:us-east-1:${ACCOUNT}:cluster:warehouse`;

const SQL = `
create database shop;
create table shop.item (
  id int primary key, price float, name varchar(40), sold timestamp(6) null, touched timestamp(6)
    not null default current_timestamp(6) on update current_timestamp(6)
);
insert into shop.item (id, price, name, sold, touched) values
  (1, 1825.94321, 'plain', '2020-11-01 08:30:00.5', '2020-01-01'),
  (2, null, 'a "quote", a
break and a \\\\', '2020-11-01 09:30:00', '2020-01-01'),
  (3, 0.1, null, null, '2020-01-01');
create role AWS_SELECT_S3_ACCESS;
grant file on *.* to AWS_SELECT_S3_ACCESS;
create user exporter identified by 'one';
grant select, insert, update on shop.* to exporter;
grant AWS_SELECT_S3_ACCESS to exporter;
set default role AWS_SELECT_S3_ACCESS for exporter;
create user sleeper identified by 'two';
grant select on shop.* to sleeper;
grant AWS_SELECT_S3_ACCESS to sleeper;
create user reader identified by 'three';
grant select on shop.* to reader;
create user signer;
grant select on shop.* to signer;
`;

/** Statements that may do what an export needs in S3. */
export const S3_RIGHTS = [
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
  { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/*` },
] as const;

export async function world(
  options: Partial<
    Pick<
      MySqlClusterOptions,
      'stopsWithClient' | 'callers' | 'tls' | 'actors' | 'replicas' | 'statementMs' | 'tokens'
    >
  > & {
    readonly clock?: VirtualClock;
    readonly partBytes?: number;
    readonly rights?: readonly object[];
    readonly noRole?: boolean;
  } = {},
) {
  const clock = options.clock ?? new VirtualClock(Date.parse('2026-03-08T12:00:00Z'));
  const faults = new Faults();
  const iam = new Iam(ACCOUNT);
  const store = new ObjectStore(clock);
  store.createBucket(BUCKET);
  iam.protect(ROLE, {
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'rds.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  } as never);
  iam.attach(ROLE, { Statement: options.rights ?? S3_RIGHTS } as never);
  const calls: CallRecord[] = [];
  const problems: Error[] = [];
  const callers = options.callers ?? new Callers(clock);
  const cluster = await MySqlCluster.start({
    sql: [SQL],
    clock,
    faults,
    callers,
    uploads: {
      store,
      iam,
      account: ACCOUNT,
      clusterArn: CLUSTER,
      roleArn: options.noRole ? undefined : ROLE,
      partBytes: options.partBytes,
    },
    stopsWithClient: options.stopsWithClient,
    tls: options.tls,
    actors: options.actors,
    replicas: options.replicas,
    statementMs: options.statementMs,
    tokens: options.tokens,
    problems,
    record: (call) => void calls.push(call),
  });
  const connect = (user: string, password: string, more: ConnectionOptions = {}) =>
    createConnection({ host: cluster.host, port: cluster.port, user, password, ...more });
  const text = (key: string) => store.get(BUCKET, key)?.body.toString();
  return { clock, faults, iam, store, calls, callers, cluster, connect, text, problems };
}

/** An export of everything in the table, as the guide words it. */
export const exportTo = (prefix: string, more = '', comment = '') =>
  `${comment}select id, price, name, sold from shop.item order by id
   into outfile s3 's3-us-east-1://${BUCKET}/${prefix}'
   fields terminated by ',' optionally enclosed by '"' lines terminated by '\\n' ${more}`;
