// The summary of a rehearsal: what `--json` prints, and what people are shown.

import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Counters } from '../rehearsal/cloud';
import { count, duration, plural } from './format';
import { describe, type ExecutionHistory, type StateSummary, states, transitions } from './history';
import type { BatchSummary, CheckSummary, LedgerView } from './ledger-view';
import type { Terminal } from './terminal';

export interface Summary extends Counters {
  readonly machine: string;
  readonly executionArn: string;
  readonly status: string;
  readonly redriveCount: number;
  readonly error: string | null;
  readonly cause: string | null;
  /** By the rehearsal's clock, from the start to the last end. */
  readonly seconds: number;
  /** History events of the execution and its children. */
  readonly events: number;
  readonly transitions: number;
  readonly states: readonly StateSummary[];
  readonly batches: readonly BatchSummary[];
  readonly checks: readonly CheckSummary[];
}

export async function summarize(
  machine: string,
  arn: string,
  client: SFNClient,
  ledger: LedgerView,
  all: readonly ExecutionHistory[],
  counters: Counters,
): Promise<Summary> {
  const execution = await describe(client, arn);
  const runId = await ledger.runOf(arn);
  const end = execution.stopDate ?? all[0]?.events.at(-1)?.timestamp ?? execution.startDate!;
  return {
    machine,
    executionArn: arn,
    status: execution.status!,
    redriveCount: execution.redriveCount ?? 0,
    error: execution.error ?? null,
    cause: execution.cause ?? null,
    seconds: (end.getTime() - execution.startDate!.getTime()) / 1000,
    events: all.reduce((sum, { events }) => sum + events.length, 0),
    transitions: transitions(all),
    ...counters,
    states: states(all),
    batches: runId ? await ledger.batches(runId) : [],
    checks: runId ? await ledger.checks(runId) : [],
  };
}

/** The message of an error inside a cause, which is the JSON a Lambda function answered with. */
export function messageOf(cause: string | null | undefined): string {
  if (!cause) return 'no message';
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

export function printSummary(terminal: Terminal, summary: Summary): void {
  const { statements, checks, status } = summary;
  if (checks.length > 0) {
    terminal.line();
    terminal.line('Checks');
    terminal.table(
      ['check', 'application', 'expected', 'actual', ''],
      checks.map((check) => [
        check.name,
        check.item ?? '-',
        check.expected,
        check.actual,
        check.ok ? 'ok' : 'DIFFERS',
      ]),
    );
  }
  terminal.line();
  terminal.line(
    `${status} after ${plural(summary.redriveCount, 'redrive')} in ${duration(summary.seconds)}: ` +
      `${plural(summary.transitions, 'state transition')}, ${plural(summary.events, 'history event')}, ` +
      `${plural(summary.invocations, 'invocation')}; ${plural(statements.submitted, 'statement')} ` +
      `(${count(statements.finished)} finished, ${count(statements.failed)} failed)`,
  );
  terminal.line('Figures are the rehearsal’s on this computer; none is a speed of AWS.');
}
