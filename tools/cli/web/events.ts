// Histories of a run that is looked at again and again: of each execution only what is new is read, and children that
// are over are read once.

import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type MapRunListItem,
  paginateListExecutions,
  paginateListMapRuns,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { ExecutionHistory } from '../history';

/** Children of one Map Run that are followed, the newest; of others the Map Run's counts tell. */
export const CHILDREN = 50;

/** What is known of an execution. */
interface Known {
  /** Changes with every end and redrive; a closed one with the same mark has no new events. */
  mark: string;
  events: readonly HistoryEvent[];
}

/** Reads the histories of an execution and its children. */
export class Histories {
  private readonly known = new Map<string, Known>();
  private readonly over = new Map<string, readonly ExecutionHistory[]>();
  private readonly cut = new Set<string>();

  /** The root's first. */
  async read(sfn: SFNClient, arn: string): Promise<ExecutionHistory[]> {
    const { status, stopDate, redriveCount } = await sfn.send(
      new DescribeExecutionCommand({ executionArn: arn }),
    );
    return this.with(sfn, { arn, status: status!, mark: markOf(stopDate, redriveCount) });
  }

  /** Whether a Map Run has more children than are followed. */
  isCut(mapRun: string): boolean {
    return this.cut.has(mapRun);
  }

  private async with(
    sfn: SFNClient,
    one: { arn: string; status: string; mark: string; mapRun?: string },
  ): Promise<ExecutionHistory[]> {
    const { arn, mapRun } = one;
    const events = await this.eventsOf(sfn, one);
    const own: ExecutionHistory = { arn, status: one.status, events, mapRun };
    if (!events.some(({ type }) => type === 'MapRunStarted')) return [own];
    const below: ExecutionHistory[] = [];
    for await (const { mapRuns = [] } of paginateListMapRuns(
      { client: sfn },
      { executionArn: arn },
    )) {
      for (const one of mapRuns) below.push(...(await this.inMapRun(sfn, one)));
    }
    return [own, ...below];
  }

  /** Children of a Map Run that is over are what they were. */
  private async inMapRun(sfn: SFNClient, { mapRunArn, stopDate }: MapRunListItem) {
    const key = stopDate && `${mapRunArn} ${stopDate.getTime()}`;
    const known = key && this.over.get(key);
    if (known) return known;
    const found = await this.childrenOf(sfn, mapRunArn!);
    if (key && found.every(isWhole)) this.over.set(key, found);
    return found;
  }

  private async childrenOf(sfn: SFNClient, mapRun: string): Promise<ExecutionHistory[]> {
    const found: ExecutionHistory[] = [];
    const query = { mapRunArn: mapRun, maxResults: CHILDREN };
    let left = CHILDREN;
    for await (const { executions = [] } of paginateListExecutions({ client: sfn }, query)) {
      for (const { executionArn, status, stopDate, redriveCount } of executions.slice(0, left)) {
        const mark = markOf(stopDate, redriveCount);
        found.push(
          ...(await this.with(sfn, { arn: executionArn!, status: status!, mark, mapRun })),
        );
      }
      if (executions.length > left) {
        this.cut.add(mapRun);
        break;
      }
      left -= executions.length;
    }
    return found;
  }

  private async eventsOf(
    sfn: SFNClient,
    { arn, status, mark }: { arn: string; status: string; mark: string },
  ): Promise<readonly HistoryEvent[]> {
    const known = this.known.get(arn) ?? { mark: '', events: [] };
    if (known.mark === mark && isWhole({ status, events: known.events })) return known.events;
    const last = known.events.at(-1)?.id ?? 0;
    const fresh: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new GetExecutionHistoryCommand({
          ...{ executionArn: arn, reverseOrder: true, maxResults: 1000 },
          ...{ includeExecutionData: false, nextToken },
        }),
      );
      const events = page.events ?? [];
      fresh.push(...events.filter(({ id }) => id! > last));
      nextToken = events.some(({ id }) => id! <= last) ? undefined : page.nextToken;
    } while (nextToken);
    // The same list while there is no news: what was worked out from it holds.
    const events = fresh.length > 0 ? [...known.events, ...fresh.reverse()] : known.events;
    this.known.set(arn, { mark, events });
    return events;
  }
}

/** Whether it is closed with its end in it: AWS may say that it is closed some seconds before the history does. */
const isWhole = ({ status, events }: Pick<ExecutionHistory, 'status' | 'events'>): boolean =>
  status !== 'RUNNING' &&
  /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '');

const markOf = (stopDate: Date | undefined, redriveCount = 0): string =>
  `${stopDate?.getTime() ?? ''} ${redriveCount}`;
