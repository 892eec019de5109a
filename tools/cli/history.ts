// Reads executions as an operator's tool does: describe, history, Map Runs and their children.

import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListMapRuns,
  type SFNClient,
} from '@aws-sdk/client-sfn';

export interface ExecutionHistory {
  readonly arn: string;
  readonly status: string;
  readonly events: readonly HistoryEvent[];
  /** ARN of the Map Run it is a child of; absent for the root. */
  readonly mapRun?: string;
}

/** What happened to a state in all executions of a run, in the order of first entry. */
export interface StateSummary {
  readonly name: string;
  readonly status: string;
  /** Times it was tried: entries, retries and redrives. */
  readonly attempts: number;
  readonly seconds: number;
}

/** One stay in a state, for the timeline. */
export interface Visit {
  readonly state: string;
  readonly execution: string;
  readonly from: Date;
  readonly to?: Date;
  readonly ended: boolean;
}

export const describe = (
  client: SFNClient,
  executionArn: string,
): Promise<DescribeExecutionCommandOutput> =>
  client.send(new DescribeExecutionCommand({ executionArn }));

/** The histories of an execution and of all children of its Map Runs, at any depth; the root first. */
export async function histories(
  client: SFNClient,
  arn: string,
  mapRun?: string,
): Promise<ExecutionHistory[]> {
  const { status } = await describe(client, arn);
  const events: HistoryEvent[] = [];
  const query = { executionArn: arn, maxResults: 1000, includeExecutionData: false };
  for await (const page of paginateGetExecutionHistory({ client }, query)) {
    events.push(...(page.events ?? []));
  }
  const found: ExecutionHistory[] = [{ arn, status: status ?? 'UNKNOWN', events, mapRun }];
  if (!events.some((event) => event.type === 'MapRunStarted')) return found;
  for await (const runs of paginateListMapRuns({ client }, { executionArn: arn })) {
    for (const { mapRunArn } of runs.mapRuns ?? []) {
      for await (const page of paginateListExecutions({ client }, { mapRunArn })) {
        for (const child of page.executions ?? []) {
          found.push(...(await histories(client, child.executionArn!, mapRunArn)));
        }
      }
    }
  }
  return found;
}

/**
 * State transitions as they are billed: each entry, and each further try of a task within one.
 * https://aws.amazon.com/step-functions/pricing/
 */
export function transitions(all: readonly ExecutionHistory[]): number {
  return all.reduce((sum, { events }) => {
    const tried = triesPerEntry(events);
    return sum + tried.entries + tried.retries;
  }, 0);
}

/** States over all executions, by name. */
export function states(all: readonly ExecutionHistory[]): StateSummary[] {
  const found = new Map<string, { status: string; attempts: number; ms: number }>();
  const succeeded = all[0]?.status === 'SUCCEEDED';
  for (const history of all) {
    const { attempts } = triesPerEntry(history.events);
    const stays = visits(history);
    for (const [name, tries] of attempts) {
      const state = found.get(name) ?? { status: 'succeeded', attempts: 0, ms: 0 };
      const own = stays.filter((visit) => visit.state === name);
      found.set(name, {
        // The last stay decides: an earlier one that failed was redriven. In a run that succeeded,
        // a child that failed has a successor.
        status:
          own.at(-1)?.ended === false && !succeeded ? history.status.toLowerCase() : state.status,
        attempts: state.attempts + tries,
        ms: own.reduce((ms, visit) => ms + lengthOf(visit), state.ms),
      });
    }
  }
  return [...found].map(([name, { status, attempts, ms }]) => {
    return { name, status, attempts, seconds: Math.round(ms) / 1000 };
  });
}

const lengthOf = ({ from, to }: Visit): number => (to ?? from).getTime() - from.getTime();

/**
 * Stays in states. A state that a redrive enters again begins a new stay there, whether or not the
 * history has a second entry of it.
 */
export function visits({ arn, events }: ExecutionHistory): Visit[] {
  const found: { state: string; execution: string; from: Date; to?: Date; ended: boolean }[] = [];
  const open = new Map<string, (typeof found)[number]>();
  const resumed = new Set<string>();
  const begin = (state: string, from: Date) => {
    const visit = { state, execution: arn, from, ended: false };
    open.set(state, visit);
    found.push(visit);
  };
  for (const event of events) {
    const at = event.timestamp!;
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    if (entered !== undefined && !resumed.delete(entered)) begin(entered, at);
    if (exited !== undefined) {
      Object.assign(open.get(exited) ?? {}, { to: at, ended: true });
      open.delete(exited);
      resumed.delete(exited);
    }
    // A Fail or Succeed state that ends its execution may have no exit of its own.
    const ending = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.exec(event.type ?? '')?.[1];
    for (const visit of ending === undefined ? [] : open.values()) {
      Object.assign(visit, { to: at, ended: ending === 'Succeeded' });
    }
    if (event.type === 'ExecutionRedriven') {
      for (const state of open.keys()) resumed.add(state);
      for (const state of resumed) begin(state, at);
    }
  }
  return found;
}

/** Entries and further tries, found by following each event back to the state it belongs to. */
function triesPerEntry(events: readonly HistoryEvent[]) {
  const stateOf = new Map<number, string>();
  const scheduled = new Set<string>();
  const attempts = new Map<string, number>();
  let [entries, retries] = [0, 0];
  const add = (name: string) => attempts.set(name, (attempts.get(name) ?? 0) + 1);
  for (const event of events) {
    const entered = event.stateEnteredEventDetails?.name;
    const name = entered ?? stateOf.get(event.previousEventId ?? 0);
    if (name !== undefined) stateOf.set(event.id!, name);
    if (entered !== undefined) {
      entries++;
      scheduled.delete(entered);
      add(entered);
    } else if (name !== undefined && /Scheduled$/.test(event.type ?? '')) {
      if (scheduled.has(name)) {
        retries++;
        add(name);
      }
      scheduled.add(name);
    }
  }
  return { entries, retries, attempts };
}

/** The state an execution is in, followed into a running child; undefined before the first entry. */
export async function currentState(client: SFNClient, arn: string): Promise<string | undefined> {
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({
      executionArn: arn,
      reverseOrder: true,
      maxResults: 20,
      includeExecutionData: false,
    }),
  );
  const entered = events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  const own = entered?.stateEnteredEventDetails?.name;
  if (entered?.type !== 'MapStateEntered' && entered !== undefined) return own;
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn: arn }));
  for (const { mapRunArn } of mapRuns) {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ mapRunArn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    for (const { executionArn } of executions) return currentState(client, executionArn!);
  }
  return own;
}
