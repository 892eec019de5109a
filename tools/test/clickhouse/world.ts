// A ClickHouse for tests, and a task's way to it.

import { join } from 'node:path';
import { clientFor } from '../../../lambdas/shared/clickhouse/connect';
import type { ClickHouseRef } from '../../../lambdas/shared/clickhouse/ref';
import { ClickHouse, type ClickHouseDeps } from '../../../lambdas/shared/clickhouse/server';
import type { Clock } from '../../../lambdas/shared/clock';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { FakeStepFunctions, openedRun } from '../../../test/support/runs';
import { type ClickHouseOptions, ClickHouseServer } from '../../rehearsal/clickhouse';
import { versionText } from '../../rehearsal/host/programs/versions.cjs';

export const ADMIN = { name: 'ch_admin', password: 'admin-pass-9Q', rights: 'all' as const };
export const REPORT = { name: 'ch_report', password: 'report-pass-7T', rights: 'read' as const };
export const CMS = {
  name: 'ch_cms',
  password: 'cms-pass-3K',
  rights: 'insert' as const,
  databases: ['event_sink'],
};

export const DATABASES = {
  xapi: 'xapi',
  eventSink: 'event_sink',
  reporting: 'reporting',
  openedx: 'openedx',
};

const FOLDER = join(__dirname, '../../rehearsal/scenarios/aspects');

/** Text of one of the scenario's files, such as `models/v5.0.0.sql`. */
export const scenarioSql = (file: string): string => versionText(join(FOLDER, file));

/** A server with the scenario's users. */
export const startServer = (options: Partial<ClickHouseOptions> = {}): Promise<ClickHouseServer> =>
  ClickHouseServer.start({ users: [ADMIN, REPORT, CMS], ...options });

/** How payloads name a server. */
export const refOf = ({ url }: Pick<ClickHouseServer, 'url'>): ClickHouseRef => ({
  url,
  secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:clickhouse-AbCdEf',
  databases: DATABASES,
  cluster: null,
});

/** What tasks connect with, as one of the users. */
export function depsAs(user: { readonly name: string; readonly password: string }): ClickHouseDeps {
  return {
    sqlText,
    async connect({ url }) {
      const login = { url, username: user.name, password: user.password };
      return { client: clientFor(login), login };
    },
  };
}

/** The server as a task sees it. */
export const serverAs = (
  server: ClickHouseServer,
  user: { readonly name: string; readonly password: string } = ADMIN,
  runId = 'run-1',
): ClickHouse => new ClickHouse(refOf(server), runId, depsAs(user));

/** Files that make a system of Aspects 1.3, in their order. */
export const ASPECTS_13 = [
  'clickhouse.sql',
  'models/v3.33.9.sql',
  'alembic/0040.sql',
  'rows.sql',
  'manifest/v3.33.9.sql',
];

/** What init of a version does, when it goes well. */
export const initOf = (dbt: string): string[] => [
  'alembic/0041.sql',
  `models/${dbt}.sql`,
  `manifest/${dbt}.sql`,
];

/** A server with Aspects 1.3, and what came after. */
export const startAspects = (
  more: readonly string[] = [],
  options: Partial<ClickHouseOptions> = {},
): Promise<ClickHouseServer> =>
  startServer({ sql: [...ASPECTS_13, ...more].map(scenarioSql), ...options });

export const OLD = { dbt: 'v3.33.9', alembic: '0040' };
export const NEW = { dbt: 'v5.0.0', alembic: '0041' };

/** A payload of a task for this server. */
export const payloadOf = (server: ClickHouseServer, runId = 'run-20260101-0000000001') => ({
  version: 1,
  runId,
  rootArn: `arn:aws:states:us-east-1:000000000000:execution:example-aspects-upgrade:${runId}`,
  selfArn: `arn:aws:states:us-east-1:000000000000:execution:example-aspects-upgrade:${runId}`,
  redriveCount: 0,
  clickhouse: refOf(server),
});

let ticks = 0;
/** A clock that moves a little each time it is looked at. */
export const CLOCK = {
  now: () => Date.UTC(2026, 0, 1) + ticks++,
  sleep: async () => undefined,
} as unknown as Clock;

/** A ledger in which the run of the payload is open. */
export async function openLedger(server: ClickHouseServer): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  const { runId, rootArn } = payloadOf(server);
  await openedRun(ledger.ledger, { runId, executionArn: rootArn, machine: 'aspects-upgrade' });
  return ledger;
}

/** What tasks that work for a run get. */
export const workDeps = (ledger: MemoryLedger) => ({
  ...depsAs(ADMIN),
  ledger: ledger.ledger,
  clock: CLOCK,
  sfn: new FakeStepFunctions().client,
  writing: async (): Promise<readonly string[]> => [],
});
