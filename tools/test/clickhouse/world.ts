// A ClickHouse for tests, and a task's way to it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientFor } from '../../../lambdas/shared/clickhouse/connect';
import type { ClickHouseRef } from '../../../lambdas/shared/clickhouse/ref';
import { ClickHouse, type ClickHouseDeps } from '../../../lambdas/shared/clickhouse/server';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { type ClickHouseOptions, ClickHouseServer } from '../../rehearsal/clickhouse';

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
export const scenarioSql = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

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
