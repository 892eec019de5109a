// The extract task in this process: a real MariaDB behind the cluster's door, S3 over HTTP, a ledger in memory.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { extractSlices } from '../../../lambdas/extract-slices/core';
import { BucketObjects } from '../../../lambdas/extract-slices/objects';
import type { ExtractSlicesPayload } from '../../../lambdas/extract-slices/payload';
import { MySqlExports } from '../../../lambdas/extract-slices/server';
import { openMySql } from '../../../lambdas/shared/mysql';
import { type TenantWork, workOf } from '../../../lambdas/shared/rdw/tenant';
import type { RunItem } from '../../../lambdas/shared/runs';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { callerOf, FakeStepFunctions, newRunId, openedRun } from '../../../test/support/runs';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { MySqlCluster } from '../../rehearsal/mysql';
import { selfSigned } from '../../rehearsal/services/kubernetes';
import { ObjectStore, S3Service } from '../../rehearsal/services/s3';
import { type CallRecord, Server } from '../../rehearsal/services/server';

export const BUCKET = 'rdw-qa-archive';
const account = '000000000000';
const region = 'us-east-1';
const SOURCE = join(__dirname, '../../rehearsal/scenarios/rdw/source.sql');
const TASK = `arn:aws:iam::${account}:role/Task`;
const AURORA = `arn:aws:iam::${account}:role/rdw-aurora-to-s3`;
const CLUSTER = `arn:aws:rds:${region}:${account}:cluster:warehouse`;
export const START = '2019-11-01 00:00:00.000000';
export const HIGH = '2022-07-01 01:00:00.000000';

export interface ExtractWorldOptions {
  readonly partBytes?: number;
  readonly stopsWithClient?: boolean;
  /** Exams of a tenant. */
  readonly exams?: number;
  /** SQL behind that of the scenario. */
  readonly sql?: string;
}

/** The rights the task has in a stack, for one tenant's folder. */
const rightsOn = (location: string) => [
  {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: `arn:aws:s3:::${BUCKET}`,
    Condition: { StringLike: { 's3:prefix': `${location}/*` } },
  },
  {
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    Resource: `arn:aws:s3:::${BUCKET}/${location}/*/extract/*`,
  },
];

export async function extractWorld(options: ExtractWorldOptions = {}) {
  const clock = new VirtualClock(Date.parse('2026-03-08T12:00:00Z'));
  const faults = new Faults();
  const iam = new Iam(account);
  const store = new ObjectStore(clock);
  store.createBucket(BUCKET);
  iam.attach(TASK, { Statement: rightsOn('pa/MigrateAdHoc') } as never);
  iam.attach(AURORA, { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } } as never);
  iam.protect(AURORA, {
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'rds.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  } as never);
  const callers = new Callers(clock);
  const server = new Server({ clock, callers, iam, faults, problems: [] });
  server.add(new S3Service(store));
  const endpoint = await server.start();
  const { credentials } = callers.mint({ kind: 'role', arn: TASK, account }, newProcess());
  const s3 = new S3Client({
    endpoint,
    region,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken,
    },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const calls: CallRecord[] = [];
  const tls = selfSigned('rehearsed database');
  const cluster = await MySqlCluster.start({
    sql: [
      `set @rows = ${options.exams ?? 900}`,
      readFileSync(SOURCE, 'utf8'),
      options.sql ?? 'do 0',
    ],
    clock,
    faults,
    callers,
    uploads: {
      store,
      iam,
      account,
      clusterArn: CLUSTER,
      roleArn: AURORA,
      partBytes: options.partBytes,
    },
    stopsWithClient: options.stopsWithClient,
    tls,
    record: (call) => void calls.push(call),
  });
  const memory = new MemoryLedger();
  /** Called while time stands still, each time the task is about to wait. */
  const world = { looked: async () => {} };
  const sfn = new FakeStepFunctions();
  let requests = 0;
  const open = (user = 'rdw_ingest', password = 'rehearsal-rdw') =>
    openMySql({
      host: cluster.host,
      port: cluster.port,
      user,
      password,
      token: false,
      certificateAuthority: tls.cert,
    });
  // The task computes but for when it sleeps.
  const taskClock = {
    now: () => clock.now(),
    sleep: async (ms: number) => {
      await world.looked();
      release();
      await clock.sleep(ms);
      release = clock.hold();
    },
  };
  let release = clock.hold();

  const tenant = (id: 'ca' | 'pa' | 'nv' | 'ts_s001', runId: string, ids: readonly number[]) =>
    workOf(
      {
        id: id.toUpperCase(),
        warehouseSchema: `warehouse_${id}`,
        migrateSchema: `migrate_olap_${id}`,
        reportingSchema: `reporting_${id}`,
        bucket: BUCKET,
        location: 'pa/MigrateAdHoc',
        secretArn: null,
        altScores: true,
      },
      runId,
      ids,
    );
  const opened = (): Promise<RunItem> => openedRun(memory.ledger, { runId: newRunId() });

  /** One invocation. */
  const invoke = (run: RunItem, work: TenantWork, more: Partial<ExtractSlicesPayload> = {}) => {
    const end = clock.now() + 900_000;
    const runOf = new MySqlExports(() => open(), run.runId, work);
    return extractSlices(
      {
        ...callerOf(run),
        source: { host: cluster.host, port: cluster.port, secretArn: null, user: 'x', region },
        tenant: work,
        start: START,
        high: HIGH,
        sliceDays: 30,
        sliceMinutes: 5,
        ...more,
      },
      {
        ledger: memory.ledger,
        sfn: sfn.client,
        clock: taskClock,
        objects: new BucketObjects(s3, BUCKET),
        server: runOf,
      },
      { requestId: `request-${++requests}`, remainingMs: () => end - clock.now() },
    );
  };
  /** Calls until it is done. */
  const finish = async (...args: Parameters<typeof invoke>) => {
    for (;;) {
      const result = await invoke(...args);
      if (result.status === 'done') return result;
    }
  };
  const text = (key: string) => store.get(BUCKET, key)?.body.toString() ?? '';
  const rows = (manifest: string | null) => {
    const { entries } = JSON.parse(text(keyOf(manifest!))) as { entries: { url: string }[] };
    return entries.flatMap(({ url }) => text(keyOf(url)).split('\n').filter(Boolean));
  };
  const stop = async () => {
    clock.stop();
    await cluster.stop();
    await server.stop();
  };
  /** Waits until something is as it shall be, in the time of the computer. */
  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  /** Does something once, when the task waits for the first time from now on. */
  const whileItWaits = (act: () => Promise<void>) =>
    new Promise<void>((resolve) => {
      world.looked = async () => {
        world.looked = async () => {};
        await act();
        resolve();
      };
    });
  return Object.assign(world, {
    whileItWaits,
    open,
    clock,
    faults,
    store,
    memory,
    sfn,
    cluster,
    calls,
    tenant,
    opened,
    invoke,
    finish,
    text,
    rows,
    until,
    stop,
  });
}

export const keyOf = (uri: string): string => uri.replace(/^s3:\/\/[^/]+\//, '');
