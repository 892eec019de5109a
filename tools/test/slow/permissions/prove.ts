// Which rights a run uses, and whether a rehearsal without a right is refused.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Cloud } from '../../../rehearsal/cloud';
import { like } from '../../../rehearsal/iam/policy';
import { CLICKSTREAM } from '../support';
import { edited } from './rights';
import type { Run } from './runs';
import { Stage } from './stage';

/** A run as it was played with all rights. */
export interface Played {
  readonly run: Run;
  /** Real milliseconds. */
  readonly took: number;
  /** Ids of the rights that allowed something in it. */
  readonly used: ReadonlySet<string>;
  /** Actions that were refused in it. */
  readonly refused: readonly string[];
}

/** A rehearsal in which something else than the template was deployed. */
export interface Case {
  readonly name: string;
  /** Actions of which one must be refused. */
  readonly actions: readonly string[];
  /** Makes the template another one. */
  readonly edit: (template: Record<string, unknown>) => void;
  /** Runs to try, the cheapest first. */
  readonly runs: readonly Run[];
}

const ROWS = 200;
/** Cases at a time: while one waits for its processes, another computes. */
const AT_A_TIME = 3;
const LONGEST_MS = 120_000;

/** Plays a run with all rights; it must come to its end. */
export async function played(assemblyDir: string, run: Run): Promise<Played> {
  const began = Date.now();
  const cloud = await started(assemblyDir, run);
  try {
    const stage = new Stage(cloud);
    const tooLong = delay(LONGEST_MS, 'too long', { ref: false });
    if ((await Promise.race([run.play(stage), tooLong])) === 'too long') {
      throw new Error(`"${run.name}" does not end; heard last: ${stage.everything.at(-1)}`);
    }
    const used = [...cloud.iam.used].map((use) => use.split(' ').slice(0, 2).join(' '));
    const refused = actionsIn(stage.everything);
    return { run, took: Date.now() - began, used: new Set(used), refused };
  } finally {
    await cloud.stop();
  }
}

/** Names of the cases in which no rehearsal was refused what is expected, with what was heard last. */
export async function unproven(assemblyDir: string, cases: readonly Case[]): Promise<string[]> {
  const left = [...cases];
  const failed: string[] = [];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      if (!(await isRefused(assemblyDir, next))) failed.push(next.name);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return failed.sort();
}

async function isRefused(assemblyDir: string, { actions, edit, runs }: Case): Promise<boolean> {
  const folder = edited(assemblyDir, edit);
  try {
    for (const run of runs) {
      const cloud = await started(folder, run);
      const found = await refusal(cloud, run, actions).finally(() => cloud.stop());
      if (found) return true;
    }
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Plays the run until one of the actions is refused, or to its end and ten minutes on. */
async function refusal(cloud: Cloud, run: Run, actions: readonly string[]): Promise<boolean> {
  const stage = new Stage(cloud);
  let over = false;
  const toTheEnd = async () => {
    try {
      await run.play(stage);
    } catch (error) {
      stage.heard.push((error as Error).message);
    }
    await cloud.clock.sleep(600_000);
    over = true;
  };
  void toTheEnd();
  const heard = () =>
    actionsIn(stage.everything).some((asked) => actions.some((one) => like(one, asked, 'is')));
  const until = Date.now() + LONGEST_MS;
  while (!heard()) {
    if (over || Date.now() > until) return false;
    await delay(10);
  }
  return true;
}

async function started(assemblyDir: string, { warehouse, faults }: Run): Promise<Cloud> {
  const options = { assemblyDir, rows: ROWS, clock: 'virtual', faults } as const;
  if (warehouse) return Cloud.start({ ...options, scenarioDir: CLICKSTREAM });
  const scenarioDir = mkdtempSync(path.join(tmpdir(), 'scenario-'));
  try {
    const account = JSON.parse(readFileSync(path.join(CLICKSTREAM, 'cloud.json'), 'utf8'));
    delete account.warehouse;
    writeFileSync(path.join(scenarioDir, 'cloud.json'), JSON.stringify(account));
    return await Cloud.start({ ...options, scenarioDir });
  } finally {
    rmSync(scenarioDir, { recursive: true });
  }
}

/** Actions that are said to be refused. CloudFormation tells of S3's refusal in S3's words. */
const actionsIn = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => [
    ...[...text.matchAll(/not authorized to perform: ([\w-]+:\w+)/g)].map(([, action]) => action!),
    ...(text.includes('S3 error: Access Denied') ? ['s3:GetObject'] : []),
  ]);
