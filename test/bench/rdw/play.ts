// The scenario with three tenants of so many alt scores, back-filled, and one of them brought back.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Cloud } from '../../../tools/rehearsal/cloud';
import { secondsByState, secondsOf } from './phases';

const SCENARIO = path.join(__dirname, '../../../tools/rehearsal/scenarios/rdw');
const BACKFILL = 'example-rdw-backfill';
const RESTORE = 'example-rdw-restore';
const TENANTS = ['CA', 'PA', 'TS_S001'];
/** Alt scores of an exam of the scenario that a back-fill takes, on average; see make_tenant in source.sql. */
const SCORES_OF_AN_EXAM = 1.125;

export interface Figures {
  /** Alt scores of each tenant after the back-fill. */
  readonly rows: readonly number[];
  readonly phases: readonly {
    readonly name: string;
    readonly rows: number;
    readonly seconds: number;
  }[];
  /** Tasks with the bytes of their largest environment, largest first. */
  readonly memory: readonly (readonly [string, number])[];
  readonly seconds: number;
}

/** The scenario, its sandbox tenant being as large as the others. */
function scenarioOfThree(folder: string): void {
  cpSync(SCENARIO, folder, { recursive: true });
  for (const [file, rows] of [
    ['source.sql', '@rows'],
    ['warehouse.sql', 'rows'],
  ] as const) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const grown = text.replace("make_tenant('ts_s001', 0,", `make_tenant('ts_s001', ${rows},`);
    if (grown === text) throw new Error(`${file} has no tenant ts_s001 to let grow`);
    writeFileSync(path.join(folder, file), grown);
  }
}

export async function play(assemblyDir: string, scores: number): Promise<Figures> {
  const scenarioDir = mkdtempSync(path.join(tmpdir(), 'bench-rdw-'));
  scenarioOfThree(scenarioDir);
  const rows = Math.ceil(scores / SCORES_OF_AN_EXAM);
  const where = { assemblyDir, scenarioDir, machine: 'rdw-backfill', rows };
  const cloud = await Cloud.start({ ...where, clock: 'virtual' });
  try {
    return await played(cloud);
  } finally {
    await cloud.stop();
    rmSync(scenarioDir, { recursive: true });
  }
}

async function played(cloud: Cloud): Promise<Figures> {
  approveAll(cloud);
  const began = performance.now();
  const seconds = secondsByState(cloud);
  const run = await toTheEnd(cloud, BACKFILL, { tenants: TENANTS, keepObjectsDays: 7 });
  const counts = await Promise.all(TENANTS.map((tenant) => countOf(cloud, tenant)));
  await toTheEnd(cloud, RESTORE, { tenants: TENANTS, backupOf: run, keepObjectsDays: 7 });
  const all = counts.reduce((sum, count) => sum + count, 0);
  const phase = (name: string, machine: string, states: RegExp) => ({
    name,
    rows: all,
    seconds: secondsOf(seconds, machine, states),
  });
  return {
    rows: counts,
    phases: [
      phase('extract', BACKFILL, /Extract alt scores$/),
      phase('load', BACKFILL, /Run copies of extracted scores$/),
      phase('swap', BACKFILL, /Run swaps of alt scores$/),
      phase(
        'restore, copy and swap',
        RESTORE,
        /Run (copies of backed up scores|swaps of alt scores)$/,
      ),
    ],
    memory: [...cloud.taskMemory].sort((a, b) => b[1] - a[1]),
    seconds: (performance.now() - began) / 1000,
  };
}

/** Runs a machine; returns the run's id. */
async function toTheEnd(cloud: Cloud, machine: string, input: unknown): Promise<string> {
  const { executionArn } = cloud.engine.start({
    stateMachineArn: cloud.machineArn(machine),
    input: JSON.stringify(input),
  });
  const { status, error, cause, output } = await cloud.engine.finished(executionArn);
  if (status !== 'SUCCEEDED') throw new Error(`${machine} ended ${status}: ${error}: ${cause}`);
  const [run] = /run-\d{8}-\w+/.exec(output ?? '') ?? [];
  if (!run) throw new Error(`the output of ${machine} names no run`);
  return run;
}

const countOf = async (cloud: Cloud, tenant: string): Promise<number> => {
  const [row] = await cloud.query(
    `select count(*) as n from reporting_${tenant.toLowerCase()}.exam_alt_score`,
  );
  return Number(row!.n);
};

/** Approves the window whenever it asks. */
function approveAll(cloud: Cloud): void {
  cloud.onNotice(({ subject = '', message }) => {
    if (!/asks: maintenance-window/.test(subject)) return;
    const [, run] = /^Run: (\S+)$/m.exec(message)!;
    const input = {
      run,
      gate: 'maintenance-window',
      answer: 'approve',
      by: 'bench',
      reason: 'bench',
    };
    const stateMachineArn = cloud.machineArn('example-rdw-answer');
    cloud.engine.start({ stateMachineArn, input: JSON.stringify(input) });
  });
}
