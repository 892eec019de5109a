// Clouds for the slow proofs: an app is synthesized into a folder of its own, started on stand-ins,
// and handled as an operator would handle it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Cloud, type CloudOptions } from '../../rehearsal/cloud';

const ROOT = path.join(__dirname, '../../..');
export const DEMO = path.join(__dirname, 'scenarios/demo');
export const CLICKSTREAM = path.join(ROOT, 'tools/rehearsal/scenarios/clickstream');
const folders: string[] = [];
const clouds: Cloud[] = [];

/** Synthesizes an app of test/support/apps into a folder of its own. */
export function synthesize(
  app: 'batches' | 'clickstream',
  env: Record<string, string> = {},
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  folders.push(folder);
  const { status, stderr } = spawnSync(
    process.execPath,
    [require.resolve('tsx/cli'), path.join(ROOT, `test/support/apps/${app}/app.ts`)],
    { env: { ...process.env, CDK_OUTDIR: folder, ...env }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the synth of ${app} failed: ${stderr}`);
  return folder;
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const cloud = await Cloud.start(options);
  clouds.push(cloud);
  return cloud;
}

/** Stops what was started; for `afterEach`. */
export async function stopClouds(): Promise<void> {
  for (const cloud of clouds.splice(0)) await cloud.stop();
}

/** Removes assemblies; for `afterAll`. */
export function removeAssemblies(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Starts a machine and returns the execution's ARN. */
export function start(cloud: Cloud, machine: string, input: unknown, name?: string): string {
  const stateMachineArn = cloud.machineArn(machine);
  return cloud.engine.start({ stateMachineArn, name, input: JSON.stringify(input) }).executionArn;
}

/** Events of an execution and of every child below it, largest first. */
export function eventCounts(cloud: Cloud, executionArn: string): number[] {
  const children = cloud.engine
    .listMapRuns(executionArn, { maxResults: 1000 })
    .items.flatMap(
      (run) =>
        cloud.engine.listExecutions({ mapRunArn: String(run.mapRunArn), maxResults: 1000 }).items,
    )
    .flatMap((child) => eventCounts(cloud, child.executionArn));
  return [cloud.engine.eventCount(executionArn), ...children].sort((a, b) => b - a);
}

/** Waits, on the rehearsal's clock, until a question is answered with yes. */
export async function until(
  cloud: Cloud,
  question: () => Promise<boolean> | boolean,
): Promise<void> {
  while (!(await question())) await cloud.clock.sleep(200);
}
