// Where a run stands at one instant: from Step Functions its status and states, all figures from the ledger.

import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { LogLine, StepProgress, TimedBatch } from '../ledger-view';
import type { Kit } from './kit';
import { paceOf } from './pace';
import { ledgerOf, type Subject } from './subject';
import { byEnd } from './tries';
import { type MapCounts, mapsOf, pathOf, whereIs } from './where';

/** A step that works through batches. */
export interface StepSight {
  readonly step: string;
  readonly item?: string;
  /** Window or batch at work, e.g. `10 days`; absent when all are done. */
  readonly window?: string;
  readonly done: boolean;
  readonly batches: number;
  readonly doneBatches: number;
  readonly rows: number;
  readonly rowsPerSecond?: number;
  readonly secondsLeft?: number;
}

/** A range of a chunked copy; figures are those of its worker. */
export interface CopySight {
  readonly range: string;
  readonly phase: string;
  readonly done: boolean;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly secondsLeft: number | null;
  /** Why it rests. */
  readonly pausedNow: string | null;
}

/** A line of a procedure's log, with the step that read it. */
export interface LogSight extends LogLine {
  readonly step: string;
  readonly item?: string;
}

/** What `watch` shows, and `watch --json` prints. */
export interface RunSight {
  readonly execution: string;
  readonly machine: string;
  readonly stack: string;
  readonly run: string | null;
  /** Of the execution. */
  readonly status: string;
  /** Of the run in the ledger: `open` while somebody owns it. */
  readonly runStatus: string | null;
  readonly redriveCount: number;
  /** Whether AWS lets it be redriven. */
  readonly redrivable: boolean;
  readonly startedAt: string;
  readonly stoppedAt: string | null;
  /** From the start until the end, or until now. */
  readonly seconds: number;
  /** State at work, then that of its child, and so on. */
  readonly states: readonly string[];
  readonly maps: readonly (MapCounts & { readonly state: string })[];
  readonly steps: readonly StepSight[];
  readonly copies: readonly CopySight[];
  readonly gates: readonly {
    readonly name: string;
    readonly question: string;
    readonly askedAt: string;
  }[];
  /** Last lines of the procedures' logs, oldest first. */
  readonly log: readonly LogSight[];
  /** Tries at batches that ended last, oldest first. */
  readonly attempts: readonly TimedBatch[];
  readonly error: string | null;
  readonly cause: string | null;
}

/** Lines of logs, and tries, that are kept. */
const LINES = 5;

/** A look, with every try at a batch that the figures are made of. */
export interface WholeSight {
  readonly sight: RunSight;
  /** In the order in which they began. */
  readonly batches: readonly TimedBatch[];
  /** Batches at work: since when, in epoch milliseconds. */
  readonly atWork: readonly {
    readonly step: string;
    readonly item?: string;
    readonly since: number;
  }[];
}

/** Looks once. */
export async function lookAtAll(kit: Kit, subject: Subject, now = Date.now()): Promise<WholeSight> {
  const { sfn } = kit.aws;
  const { execution, machine, stack } = subject;
  const ledger = ledgerOf(kit, stack);
  const found = await sfn.send(new DescribeExecutionCommand({ executionArn: execution }));
  const running = found.status === 'RUNNING';
  const where = running ? await whereIs(sfn, execution) : undefined;
  const run = subject.run ?? (await ledger.runOf(execution));
  const known = run === undefined ? undefined : await recordsOf(ledger, run);
  const end = found.stopDate?.getTime() ?? now;
  const sight: RunSight = {
    execution,
    machine,
    stack: stack.name,
    run: run ?? null,
    status: found.status!,
    runStatus: known?.run?.status ?? null,
    redriveCount: found.redriveCount ?? 0,
    redrivable: found.redriveStatus === 'REDRIVABLE',
    startedAt: found.startDate!.toISOString(),
    stoppedAt: found.stopDate?.toISOString() ?? null,
    seconds: Math.max(0, (end - found.startDate!.getTime()) / 1000),
    states: pathOf(where),
    maps: mapsOf(where),
    steps: (known?.steps ?? []).map((step) => stepSight(step, known!.batches, now)),
    copies: (known?.copies ?? []).map((copy) => ({
      range: copy.name,
      phase: copy.phase,
      done: copy.done,
      rows: Number(copy.rows),
      rowsPerSecond: copy.rowsPerSecond,
      secondsLeft: copy.done ? null : copy.etaSeconds,
      pausedNow: copy.pausedNow,
    })),
    gates: (running ? (known?.gates ?? []) : []).map(({ name, question, askedAt }) => {
      return { name, question, askedAt };
    }),
    log: logOf(known?.steps ?? []),
    attempts: byEnd(known?.batches ?? []).slice(-LINES),
    error: found.error ?? null,
    cause: found.cause ?? null,
  };
  const atWork = (running ? (known?.steps ?? []) : []).flatMap(({ step, item, done, since }) =>
    done || since === undefined ? [] : [{ step, item, since }],
  );
  return { sight, batches: known?.batches ?? [], atWork };
}

async function recordsOf(ledger: ReturnType<typeof ledgerOf>, runId: string) {
  const [run, steps, batches, copies, gates] = await Promise.all([
    ledger.run(runId),
    ledger.progress(runId),
    ledger.timedBatches(runId),
    ledger.copies(runId),
    ledger.openGates(runId),
  ]);
  return { run, steps, batches, copies, gates };
}

/** Exported for its arithmetic. */
export function stepSight(
  step: StepProgress,
  batches: readonly TimedBatch[],
  now: number,
): StepSight {
  const { title, item, done, rows, doneBatches } = step;
  return {
    step: step.step,
    ...(item === undefined ? {} : { item }),
    ...(title === undefined || done ? {} : { window: title }),
    done,
    batches: step.batches,
    doneBatches,
    rows,
    ...paceOf(step, batches, now),
  };
}

/** The lines that were written last, whichever step read them. */
function logOf(steps: readonly StepProgress[]): LogSight[] {
  return steps
    .flatMap(({ step, item, log = [] }) => log.map((line) => ({ ...line, step, item })))
    .sort((a, b) => a.loggedAt.localeCompare(b.loggedAt))
    .slice(-LINES);
}
