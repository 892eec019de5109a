// `runbooks rehearse`: one run of one machine, with its failures explained and redriven.

import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Counters, RunningCloud, TaskCall } from '../rehearsal/cloud';
import { comeBefore } from './before';
import { UsageError } from './errors';
import { differences } from './expectations';
import { failures } from './failures';
import { faultsOf } from './faults';
import { follow } from './follow';
import { describe, histories } from './history';
import { ask, ledgerTable, reportBucket } from './inside';
import { LedgerView } from './ledger-view';
import { Operator } from './operator';
import type { RehearseOptions } from './options';
import { fetchReport, writeReport } from './report';
import type { Demo, Expectations } from './scenario';
import { prepare, type Stage } from './stage';
import { messageOf, printSummary, type Summary, summarize } from './summary';
import { Terminal } from './terminal';

/** A demonstration of a scenario without a `demo.json` of its own. */
const DEMO: Demo = { redrive: 1, approve: true };

/** What a reader gets between the failure and the redrive of a demonstration. */
const READING_MS = 3_000;

/** How often it is looked whether somebody has redriven. */
const LOOK_MS = 500;

/** Runs the command; returns its exit code. */
export async function rehearse(
  named: string,
  options: RehearseOptions,
  signal: AbortSignal,
): Promise<number> {
  faultsOf(options.fault);
  if (options.byHand && options.clock === 'virtual') {
    throw new UsageError(
      '--by-hand needs the real clock: the virtual one does not wait for people',
    );
  }
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const say = (text: string) => terminal.line(text);
  const stage = await prepare(named, options, signal, say);
  try {
    const plan = planOf(stage, options);
    const result = await play(stage, plan, terminal, signal);
    if (options.json) process.stdout.write(`${JSON.stringify(result.summary)}\n`);
    else printSummary(terminal, result.summary);
    for (const difference of result.differences) {
      say(`Not as the scenario expects: ${difference}`);
    }
    const asExpected = result.differences.length === 0;
    return asExpected && result.summary.status === 'SUCCEEDED' ? 0 : 1;
  } finally {
    stage.close();
  }
}

/** What came of it. */
export interface Played {
  readonly summary: Summary;
  /** What is not as the scenario expects. */
  readonly differences: readonly string[];
  /** Calls of the tasks, for those who break them one by one. */
  readonly calls: readonly TaskCall[];
}

/** How a rehearsal is played: from the options, or as the demonstration has it. */
export interface Plan {
  readonly faults: readonly string[];
  readonly redrives: number;
  readonly approve: boolean;
  readonly clock: 'real' | 'virtual';
  readonly rows: number | undefined;
  readonly report?: string;
  /** Somebody else redrives, from another terminal. */
  readonly byHand?: boolean;
  readonly demo?: Demo;
}

function planOf(stage: Stage, options: RehearseOptions): Plan {
  const demo = options.demo
    ? (stage.scenario.json<Demo>('demo', stage.runbook) ?? DEMO)
    : undefined;
  return {
    faults: [...(demo?.faults ?? []), ...options.fault],
    redrives: options.redrive ?? demo?.redrive ?? 0,
    approve: options.approve ?? demo?.approve ?? false,
    clock: options.clock ?? demo?.clock ?? 'real',
    rows: options.rows ?? demo?.rows,
    report: options.report ?? (demo && 'rehearsal-report.html'),
    byHand: options.byHand,
    demo,
  };
}

/** Plays one rehearsal in an account of its own. */
export async function play(
  stage: Stage,
  plan: Plan,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Played> {
  const begun = Date.now();
  const cloud = await stage.cloud(plan);
  try {
    terminal.line(
      `Started the account of scenario ${stage.scenario.name} in ${((Date.now() - begun) / 1000).toFixed(1)} s, ${plan.clock} clock, at ${cloud.endpointUrl}`,
    );
    const { shows, breakSql } = plan.demo ?? {};
    if (breakSql) await cloud.query(breakSql);
    if (shows) terminal.line(`Injected failure: ${shows}`);
    const operator = new Operator(cloud, stage.machine);
    const ledger = new LedgerView(operator.endpoint, ledgerTable(cloud, stage.machine.stack));
    try {
      return await drive({ cloud, operator, ledger, stage, terminal, signal, plan });
    } finally {
      ledger.close();
      operator.close();
    }
  } finally {
    await cloud.stop();
  }
}

/** A rehearsal in progress. */
export interface Scene {
  readonly cloud: RunningCloud;
  readonly operator: Operator;
  readonly ledger: LedgerView;
  readonly stage: Stage;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly plan: Plan;
}

const since = (earlier: Counters, now: Counters): Counters => ({
  invocations: now.invocations - earlier.invocations,
  statements: {
    submitted: now.statements.submitted - earlier.statements.submitted,
    finished: now.statements.finished - earlier.statements.finished,
    failed: now.statements.failed - earlier.statements.failed,
  },
});

/** Starts the execution, follows it, redrives it as often as asked, and sums up. */
async function drive(scene: Scene): Promise<Played> {
  const { cloud, operator, ledger, stage, terminal, signal, plan } = scene;
  const input = await comeBefore(scene);
  // Faults and figures are of the machine that is rehearsed, not of what came first.
  for (const fault of faultsOf(plan.faults)) cloud.faults.arm(fault);
  const earlier = cloud.counters;
  const arn = await operator.start(input);
  terminal.line(`Started ${arn}`);
  for (let redrives = 0; ; redrives++) {
    const status = await follow(arn, {
      operator,
      ledger,
      terminal,
      signal,
      cloud,
      approve: plan.approve,
    });
    if (status === 'SUCCEEDED') break;
    await explain(scene, arn, status);
    if (plan.byHand) {
      await redrivenByHand(scene, arn);
      continue;
    }
    if (redrives >= plan.redrives) break;
    await repair(scene);
    terminal.line();
    terminal.line(`Redriving the execution (${redrives + 1} of at most ${plan.redrives})`);
    await operator.redrive(arn);
  }
  const all = await histories(operator.sfn, arn);
  const counters = since(earlier, cloud.counters);
  const summary = await summarize(stage.machine.name, arn, operator.sfn, ledger, all, counters);
  if (plan.report) {
    const own = await fetchReport(operator.endpoint, reportBucket(cloud, stage.machine.stack));
    writeReport(path.resolve(plan.report), own, summary, all);
    terminal.line(`Wrote ${plan.report}`);
  }
  const expected = stage.scenario.json<Expectations>('expect', stage.runbook) ?? {};
  return {
    summary,
    differences: await differences(expected, summary, (...asked) => ask(cloud, ...asked)),
    calls: [...cloud.calls],
  };
}

/** Says how to redrive from another terminal, and waits until somebody has. */
async function redrivenByHand({ operator, terminal, signal }: Scene, arn: string): Promise<void> {
  for (const line of operator.redriveByHand(arn)) terminal.line(`  ${line}`);
  while ((await describe(operator.sfn, arn)).status !== 'RUNNING') {
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** Does what the operator of a demonstration does before the redrive. */
async function repair({ cloud, plan, terminal, signal }: Scene): Promise<void> {
  if (!plan.demo) return;
  await delay(READING_MS, undefined, { signal });
  if (plan.demo.repairSql) await cloud.query(plan.demo.repairSql);
  if (plan.demo.repair) terminal.line(`Repaired: ${plan.demo.repair}`);
}

/** Says where and why a run failed, and what an operator does about it. */
async function explain(scene: Scene, arn: string, status: string): Promise<void> {
  const { operator, terminal } = scene;
  const found = await failures(operator.sfn, await histories(operator.sfn, arn));
  terminal.line();
  terminal.line(`The run ${status === 'FAILED' ? 'FAILED' : `is ${status}`}`);
  for (const { state, execution, error, cause } of found) {
    terminal.line(`  state    ${state}`);
    if (execution !== arn) terminal.line(`  in child ${execution.split(':').at(-1)}`);
    terminal.line(`  error    ${error}`);
    terminal.line(`  message  ${messageOf(cause)}`);
  }
  const { redriveStatus, redriveStatusReason } = await describe(operator.sfn, arn);
  terminal.line(
    redriveStatus === 'REDRIVABLE'
      ? '  to do    repair what the message names, then redrive: what is done stays done'
      : `  to do    start a new execution: ${redriveStatusReason}`,
  );
}
