// In which state an execution is, followed into the children of its Distributed Maps.

import {
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  type MapRunListItem,
  paginateListExecutions,
  paginateListMapRuns,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** A state that is at work; with children the states of those that run. */
export interface Where {
  readonly state: string;
  /** Children of the state's Map Run. */
  readonly map?: MapCounts;
  readonly children?: readonly Where[];
}

/** Children of a Map Run by their status. */
export interface MapCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly running: number;
  readonly failed: number;
}

/** More children at a time are counted, not followed: each costs three calls a look. */
const FOLLOWED = 4;
/** Events that are read back for the state entered last. */
const EVENTS = 100;

/** Where an execution is; undefined before its first state. */
export async function whereIs(client: SFNClient, arn: string): Promise<Where | undefined> {
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({
      executionArn: arn,
      reverseOrder: true,
      maxResults: EVENTS,
      includeExecutionData: false,
    }),
  );
  const entered = events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  const state = entered?.stateEnteredEventDetails?.name;
  if (state === undefined) return undefined;
  if (entered?.type !== 'MapStateEntered') return { state };
  const run = await latestRun(client, arn);
  if (!run) return { state };
  const { itemCounts: counts } = await client.send(
    new DescribeMapRunCommand({ mapRunArn: run.mapRunArn }),
  );
  const children = await below(client, run.mapRunArn!);
  const {
    total = 0,
    succeeded = 0,
    running = 0,
    failed = 0,
    timedOut = 0,
    aborted = 0,
  } = {
    ...counts,
  };
  const map = { total, succeeded, running, failed: failed + timedOut + aborted };
  return { state, map, children };
}

/** The Map Run started last that is not over. */
async function latestRun(client: SFNClient, arn: string): Promise<MapRunListItem | undefined> {
  const open: MapRunListItem[] = [];
  for await (const { mapRuns = [] } of paginateListMapRuns({ client }, { executionArn: arn })) {
    open.push(...mapRuns.filter(({ stopDate }) => stopDate === undefined));
  }
  return open.sort((a, b) => +a.startDate! - +b.startDate!).at(-1);
}

async function below(client: SFNClient, mapRunArn: string): Promise<Where[]> {
  const found: Where[] = [];
  const query = { mapRunArn, statusFilter: 'RUNNING' as const, maxResults: FOLLOWED };
  for await (const { executions = [] } of paginateListExecutions({ client }, query)) {
    for (const { executionArn } of executions) {
      const where = await whereIs(client, executionArn!);
      if (where) found.push(where);
      if (found.length >= FOLLOWED) return found;
    }
  }
  return found;
}

/** `Migrate the applications > Run event batches`; of several children the first. */
export function pathOf(where: Where | undefined): string[] {
  return where ? [where.state, ...pathOf(where.children?.[0])] : [];
}

/** Map Runs on the way down, with the state each belongs to. */
export function mapsOf(where: Where | undefined): (MapCounts & { readonly state: string })[] {
  if (!where) return [];
  const own = where.map ? [{ state: where.state, ...where.map }] : [];
  return [...own, ...(where.children ?? []).flatMap(mapsOf)];
}
