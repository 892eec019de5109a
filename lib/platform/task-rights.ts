// What each task may do with what the stack itself has. Rights on anything else (warehouses, stacks)
// stand beside the step that calls the task.

import { Duration, Size } from 'aws-cdk-lib';

/** Rights of a task on ledger, reports, topic and the executions of the stack's runbooks. */
export interface TaskRights {
  /**
   * Calls to the ledger table.
   *
   * @default - the task knows no ledger
   */
  readonly ledger?: readonly ('GetItem' | 'PutItem' | 'Query' | 'DeleteItem')[];

  /**
   * Whether the task writes the run's report.
   *
   * @default false
   */
  readonly reports?: boolean;

  /**
   * Whether the task publishes notices.
   *
   * @default false
   */
  readonly publish?: boolean;

  /**
   * Calls to Step Functions about executions of the stack's runbooks.
   *
   * @default - the task asks nothing about executions
   */
  readonly states?: readonly StatesCall[];

  /**
   * Longest run of one invocation.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * Memory of the function; with it grows its share of a processor.
   *
   * @default Size.mebibytes(256)
   */
  readonly memory?: Size;

  /**
   * Where the function runs to reach a private address.
   *
   * @default - in no VPC
   */
  readonly vpc?: TaskVpc;
}

/** A place in a VPC that is there already; the stack makes no network of its own. */
export interface TaskVpc {
  /** Subnets from which the task reaches what it works with, and the APIs of AWS. */
  readonly subnetIds: readonly string[];
  /** Security groups of the task. */
  readonly securityGroupIds: readonly string[];
}

/** Calls of Step Functions a task may make for runs of its own stack. */
export type StatesCall =
  | 'DescribeExecution'
  | 'GetExecutionHistory'
  | 'ListMapRuns'
  | 'ListExecutions'
  | 'SendTaskSuccess'
  | 'SendTaskFailure';

const short = Duration.minutes(2);

/** Tasks that are built in, by folder. A step that brings its own task passes its rights along. */
export const TASK_RIGHTS: Readonly<Record<string, TaskRights>> = {
  'answer-gate': {
    ledger: ['GetItem', 'PutItem', 'Query'],
    states: ['DescribeExecution', 'SendTaskSuccess', 'SendTaskFailure'],
    timeout: short,
  },
  'check-quiet-run': { ledger: ['GetItem'], states: ['DescribeExecution'], timeout: short },
  // Called by the warehouse, batch by batch: a whole processor, and no ledger.
  'clickstream-udf': { timeout: Duration.minutes(1), memory: Size.mebibytes(1769) },
  'close-run': {
    ledger: ['GetItem', 'PutItem', 'Query', 'DeleteItem'],
    reports: true,
    timeout: short,
  },
  'ensure-functions': { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
  'mark-item': { ledger: ['GetItem', 'PutItem'], timeout: short },
  'notify-status': {
    ledger: ['GetItem', 'PutItem', 'Query'],
    reports: true,
    publish: true,
    states: ['DescribeExecution', 'GetExecutionHistory'],
    timeout: short,
  },
  'open-gate': {
    ledger: ['GetItem', 'PutItem'],
    publish: true,
    states: ['SendTaskSuccess'],
    timeout: short,
  },
  'open-run': {
    ledger: ['GetItem', 'PutItem', 'DeleteItem'],
    states: ['DescribeExecution'],
    timeout: short,
  },
  'preflight-migration': { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
  'read-clickstream-log': { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
  'release-run': {
    ledger: ['GetItem', 'PutItem', 'Query', 'DeleteItem'],
    reports: true,
    states: ['DescribeExecution'],
  },
  'run-batches': { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
  'settle-closed-run': {
    ledger: ['GetItem', 'PutItem', 'Query'],
    states: ['DescribeExecution'],
  },
  'settle-items': { ledger: ['GetItem'], timeout: short },
};

/** What it takes to say which items a Map has left undone, and why, and to hand them back on a redrive. */
export const SETTLING_LEFT_ITEMS: Required<Pick<TaskRights, 'ledger' | 'states'>> = {
  ledger: ['DeleteItem'],
  states: ['DescribeExecution', 'ListMapRuns', 'ListExecutions'],
};

/** What it takes to tell which child a Map has failed with: its own cause is only that there was one. */
export const NAMING_FAILED_CHILDREN: Required<Pick<TaskRights, 'ledger' | 'states'>> = {
  ledger: [],
  states: ['ListMapRuns', 'ListExecutions'],
};

/** The task that is called when an execution has stopped, and ends what its workers left running. */
export const NET = 'settle-closed-run';

/** Tasks that end what a stopped run left behind: they need the rights of the tasks that began it. */
export const SETTLING_TASKS = [NET, 'release-run'] as const;
