// Which rights a run uses, and whether a rehearsal without a right is refused.

import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RealClock } from '../../../rehearsal/clock';
import { Cloud } from '../../../rehearsal/cloud';
import { readWarehouse } from '../../../rehearsal/cloud/account';
import { like } from '../../../rehearsal/iam/policy';
import type { WarehouseTemplate } from '../../../rehearsal/warehouse/template';
import { Warehouse } from '../../../rehearsal/warehouse/warehouse';
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
  /** Ids of those, and of conditions, without which one of its calls would have been refused. */
  readonly needed: ReadonlySet<string>;
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
/** Longer than any run takes on a machine that is busy with much else: what is bounded is a run that hangs. */
const LONGEST_MS = 600_000;

/** Does something with each of a list, a few at a time. */
async function forEach<T>(list: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

/** Rehearsals of one assembly in one scenario, whose warehouses are filled once. */
export class Rehearsals {
  private readonly templates = new Map<string, Promise<WarehouseTemplate>>();

  constructor(
    private readonly assemblyDir: string,
    private readonly stack: string,
    private readonly scenarioDir: string,
  ) {}

  async stop(): Promise<void> {
    for (const template of this.templates.values()) await (await template).stop();
  }

  /** Plays runs with all rights, the cheapest first in what comes back. */
  async playAll(runs: readonly Run[]): Promise<Played[]> {
    const plays: Played[] = [];
    await forEach(runs, async (run) => void plays.push(await this.play(run)));
    return plays.sort((a, b) => a.took - b.took);
  }

  /** Plays a run with all rights; it must come to its end. */
  private async play(run: Run): Promise<Played> {
    const began = Date.now();
    const cloud = await this.start(this.assemblyDir, run);
    try {
      const stage = new Stage(cloud, Object.keys(cloud.outputs)[0]!);
      const tooLong = delay(LONGEST_MS, 'too long', { ref: false });
      if ((await Promise.race([run.play(stage), tooLong])) === 'too long') {
        throw new Error(`"${run.name}" does not end; heard last: ${stage.everything.at(-1)}`);
      }
      const used = [...cloud.iam.used].map((use) => use.split(' ').slice(0, 2).join(' '));
      const refused = actionsIn(stage.everything);
      const needed = new Set(cloud.iam.needed);
      return { run, took: Date.now() - began, used: new Set(used), needed, refused };
    } finally {
      await cloud.stop();
    }
  }

  /** Names of the cases in none of whose rehearsals an action was refused. */
  async unproven(cases: readonly Case[]): Promise<string[]> {
    const failed: string[] = [];
    await forEach(cases, async (one) => {
      if (!(await this.isRefused(one))) failed.push(one.name);
    });
    return failed.sort();
  }

  private async isRefused({ actions, edit, runs }: Case): Promise<boolean> {
    const folder = edited(this.assemblyDir, this.stack, edit);
    try {
      for (const run of runs) {
        const cloud = await this.start(folder, run);
        const found = await refusal(cloud, run, actions).finally(() => cloud.stop());
        if (found) return true;
      }
      return false;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  private async start(assemblyDir: string, { faults, machine }: Run): Promise<Cloud> {
    const where = { scenarioDir: this.scenarioDir, machine, rows: ROWS };
    const contents = readWarehouse(where);
    const template = contents && (await this.template(contents));
    return Cloud.start({ ...where, assemblyDir, template, clock: 'virtual', faults });
  }

  /** Accounts whose warehouses begin alike share one. */
  private template(contents: NonNullable<ReturnType<typeof readWarehouse>>) {
    const key = JSON.stringify(contents.settings ?? {});
    const known = this.templates.get(key);
    const template = known ?? Warehouse.template({ clock: new RealClock(), ...contents });
    this.templates.set(key, template);
    return template;
  }
}

/** Plays the run until one of the actions is refused, or to its end and ten minutes on. */
async function refusal(cloud: Cloud, run: Run, actions: readonly string[]): Promise<boolean> {
  const stage = new Stage(cloud, Object.keys(cloud.outputs)[0]!);
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

/** Actions that are said to be refused. CloudFormation tells of S3's refusal in S3's words. */
const actionsIn = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => [
    ...[...text.matchAll(/not authorized to perform: ([\w-]+:\w+)/g)].map(([, action]) => action!),
    ...(text.includes('S3 error: Access Denied') ? ['s3:GetObject'] : []),
  ]);
