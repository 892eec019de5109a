// A run's surroundings for tests of tasks: payloads, executions, and what was sent to whom.

import { type Ledger, leaseKey, runKey } from '../../lambdas/shared/ledger';
import type { Notice } from '../../lambdas/shared/notices';
import type { LeaseItem, RunItem } from '../../lambdas/shared/runs';

export const TARGET = {
  projectId: 'my_project_ab12',
  appIds: ['shop', 'order'],
  retentionDays: 365,
  console: { stackName: 'clickstream-console' },
  warehouse: { type: 'serverless' as const },
};

/** ARN of an execution of the data migration. */
export const executionArn = (name: string): string =>
  `arn:aws:states:us-east-1:000000000000:execution:example-clickstream-data-migration:${name}`;

/** An error as a service throws it. */
export function serviceError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** Step Functions as tasks see it: statuses of executions, and what it was told. */
export class FakeStepFunctions {
  readonly statuses: Record<string, string> = {};
  readonly describes: Record<string, Record<string, unknown>> = {};
  readonly sent: { readonly command: string; readonly input: Record<string, unknown> }[] = [];
  /** Errors the next calls of an operation throw. */
  readonly fail: Record<string, Error[]> = {};
  history: Record<string, unknown>[] = [];
  /** Answers of operations that are asked with an ARN. */
  readonly answers: Record<string, (input: Record<string, unknown>) => object> = {};

  readonly client = {
    send: async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      const name = command.constructor.name.replace('Command', '');
      const error = this.fail[name]?.shift();
      if (error) throw error;
      if (name === 'GetExecutionHistory') return { events: this.history };
      if (this.answers[name]) return this.answers[name](command.input);
      if (name === 'DescribeExecution') {
        const arn = String(command.input.executionArn);
        return { status: this.statuses[arn] ?? 'RUNNING', ...this.describes[arn] };
      }
      this.sent.push({ command: name, input: command.input });
      return {};
    },
  } as never;
}

/** Notices that were published. */
export class FakeTopic {
  readonly notices: Notice[] = [];
  readonly publish = async (notice: Notice): Promise<void> => {
    this.notices.push(notice);
  };
}

/** Files that were stored, by key. */
export class FakeStore {
  readonly files: Record<string, string> = {};
  readonly store = async (key: string, body: string): Promise<void> => {
    this.files[key] = body;
  };
}

let count = 0;

/** An id no other test uses. */
export const newRunId = (): string => {
  count += 1;
  return `run-20260101-${String(count).padStart(10, '0')}`;
};

/** Puts a run into the ledger as the first state does. */
export async function openedRun(ledger: Ledger, change: Partial<RunItem> = {}): Promise<RunItem> {
  const runId = change.runId ?? newRunId();
  const run: RunItem = {
    runId,
    machine: 'clickstream-data-migration',
    executionArn: executionArn(runId),
    earlierArns: [],
    status: 'open',
    input: { appIds: ['shop'], dryRun: false },
    leases: [`lease.${runId}`],
    startedAt: '2026-01-01T00:00:00.000Z',
    ...change,
  };
  await ledger.put(runKey(runId), run);
  for (const target of run.leases) {
    const lease: LeaseItem = {
      target,
      runId,
      executionArn: run.executionArn,
      takenAt: run.startedAt,
    };
    await ledger.put(leaseKey(target), lease);
  }
  return run;
}

/** What a state of a run's machine says about itself. */
export const callerOf = (run: Pick<RunItem, 'runId' | 'executionArn'>) => ({
  version: 1,
  runId: run.runId,
  rootArn: run.executionArn,
  selfArn: run.executionArn,
  redriveCount: 0,
});
