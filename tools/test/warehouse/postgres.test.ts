// The server's life: two at a time, and nothing left behind, whatever happens to its parent.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { SUPERUSER, startPostgres } from '../../rehearsal/warehouse/postgres';

const MODULE = join(__dirname, '../../rehearsal/warehouse/postgres.ts');

async function ask(host: string, sql: string): Promise<unknown> {
  const client = new Client({ host, user: SUPERUSER, database: 'postgres' });
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0])[0];
  } finally {
    await client.end();
  }
}

describe('a private PostgreSQL', () => {
  it('runs beside another, unprivileged, without a port, and leaves nothing behind', async () => {
    const servers = await Promise.all([startPostgres(), startPostgres()]);
    for (const { host } of servers) {
      expect(await ask(host, 'show server_version')).toMatch(/^18/);
      expect(await ask(host, 'show listen_addresses')).toBe('');
    }
    expect(servers[0]!.host).not.toBe(servers[1]!.host);
    await Promise.all(servers.map((server) => server.stop()));
    for (const { host } of servers) {
      expect(existsSync(dirname(host))).toBe(false);
      await expect(ask(host, 'select 1')).rejects.toThrow();
    }
  });

  it('can be stopped twice', async () => {
    const server = await startPostgres();
    await server.stop();
    await server.stop();
  });
});

describe('when the parent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg parent '));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A process that starts a server, says where it is, and does nothing more. */
  async function parent(): Promise<{ child: ChildProcess; host: string }> {
    const script = `require(${JSON.stringify(MODULE)}).startPostgres().then(({ host }) => {
      console.log(host); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    });
    const [output] = await once(child.stdout!, 'data');
    const host = String(output).trim();
    return { child, host };
  }

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends by %s, the server ends and its files are gone',
    async (signal) => {
      const { child, host } = await parent();
      expect(await ask(host, 'select 1')).toBe(1);
      child.kill(signal);
      await once(child, 'exit');
      for (let tries = 0; existsSync(dirname(host)) && tries < 100; tries++) await delay(50);
      expect(existsSync(dirname(host))).toBe(false);
      await expect(ask(host, 'select 1')).rejects.toThrow();
    },
    30_000,
  );
});
