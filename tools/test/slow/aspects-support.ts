// A Tutor host with Aspects 1.3 and its ClickHouse, for proofs that upgrade it and take it back.

import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import type { HostData, HostFault } from '../../rehearsal/host';
import { ASPECTS, removeAssemblies, start, startCloud, stopClouds, synthesize } from './support';

export const STACK = 'example-aspects';
export const UPGRADE = `${STACK}-upgrade`;
export const ROLLBACK = `${STACK}-rollback`;
export const ROOT = '/home/tutor/.local/share/tutor';
export const INPUT = { targetVersion: '2.4.0', tutorRoot: ROOT, backup: { method: 'native' } };
export const done = { status: 'SUCCEEDED', error: '', cause: '' };

interface Account {
  readonly hosts: readonly HostData[];
  readonly clickhouse: object;
}

const account = (): Account => JSON.parse(readFileSync(path.join(ASPECTS, 'cloud.json'), 'utf8'));

/** Every password of the host's config.yml, which are ClickHouse's too. */
export const PASSWORDS = Object.entries(account().hosts[0]!.config).flatMap(([name, value]) =>
  /PASSWORD|SECRET|KEY/.test(name) ? [String(value)] : [],
);

/** What is different from the scenario. */
export interface Difference {
  readonly host?: Partial<HostData>;
  readonly clickhouse?: object;
  readonly faults?: readonly HostFault[];
}

/** The scenario, changed; its files lie in a folder of their own. */
function aspects(assemblyDir: string, change: Difference = {}): Promise<Cloud> {
  const scenarioDir = mkdtempSync(path.join(tmpdir(), 'scenario-'));
  cpSync(ASPECTS, scenarioDir, { recursive: true });
  const { hosts, clickhouse, ...rest } = account();
  const host = { ...hosts[0]!, ...change.host, faults: change.faults ?? [] };
  const data = { ...rest, hosts: [host], clickhouse: { ...clickhouse, ...change.clickhouse } };
  writeFileSync(path.join(scenarioDir, 'cloud.json'), JSON.stringify(data));
  return startCloud({ assemblyDir, scenarioDir, clock: 'virtual' });
}

/** Approves every gate of a run as it asks; what is asked is kept. */
export function approving(cloud: Cloud, asked: string[] = []): () => void {
  return cloud.onNotice(({ subject = '', message }) => {
    const [, gate] = / asks: (\S+)/.exec(subject) ?? [];
    if (!gate) return;
    asked.push(message);
    const [, run] = /^Run: (\S+)$/m.exec(message)!;
    start(cloud, `${STACK}-answer`, { run, gate, answer: 'approve', by: 'Ada', reason: 'read' });
  });
}

/** The end of an execution that runs; its gates are answered. */
export async function ended(cloud: Cloud, arn: string, asked: string[] = []) {
  const silence = approving(cloud, asked);
  const { status, error = '', cause = '' } = await cloud.engine.finished(arn);
  silence();
  return { status, error, cause };
}

/** Starts a machine and goes with it to its end. */
export async function run(cloud: Cloud, machine: string, input: unknown, asked: string[] = []) {
  const arn = start(cloud, machine, input);
  return { arn, ...(await ended(cloud, arn, asked)) };
}

/** Redrives until it succeeds, so many times at most; returns what it failed with. */
export async function redriven(cloud: Cloud, arn: string, most: number): Promise<string[]> {
  const causes: string[] = [];
  for (let tries = 0; tries <= most; tries++) {
    const { status } = await ended(cloud, arn);
    if (status === 'SUCCEEDED') return causes;
    causes.push(lastWords(cloud));
    cloud.engine.redrive(arn);
  }
  throw new Error(`it was redriven ${most} times: ${causes.at(-1)}`);
}

/** Message of the error that a task has thrown last: of an item that failed the execution says only that it did. */
export function lastWords(cloud: Cloud): string {
  const failed = cloud.logs.filter(({ line }) => line.includes('task failed')).at(-1);
  return (
    /"message":"((?:[^"\\]|\\.)*)"/g.exec(
      failed?.line.replace('"message":"task failed"', '') ?? '',
    )?.[1] ?? ''
  );
}

/** Names of a database's relations. */
export async function relations(cloud: Cloud, database: string): Promise<string[]> {
  const rows = await cloud.query(
    `select name from system.tables where database = '${database}' order by name`,
    'clickhouse',
  );
  return rows.map(({ name }) => String(name));
}

/** How often a command of tutor was called: its words, in order. */
export const called = (cloud: Cloud, ...words: readonly string[]): number =>
  cloud.hosts[0]!.sandbox.calls.filter(
    ({ program, args }) => program === 'tutor' && words.every((word, i) => args[i] === word),
  ).length;

/**
 * Synthesizes the stack before the tests of a file; each starts clouds of it, and none may end with a problem.
 *
 * @param mode how Tutor runs the platform. @default - as the scenario has it
 */
export function aspectsStage(mode = 'local'): (change?: Difference) => Promise<Cloud> {
  let assemblyDir: string;
  let clouds: Cloud[] = [];
  beforeAll(() => {
    assemblyDir = synthesize('aspects', { ASPECTS_MODE: mode });
  }, 300_000);
  afterEach(async () => {
    const ended = clouds;
    clouds = [];
    expect(ended.flatMap(({ problems }) => problems)).toEqual([]);
    await stopClouds();
  });
  afterAll(removeAssemblies);
  return async (change) => {
    const cloud = await aspects(assemblyDir, change);
    clouds.push(cloud);
    return cloud;
  };
}
