// What each state of a machine is doing, from the histories of a run.

import { type AslGraph, type Kind, kindOf } from '../../../lambdas/shared/diagram/definition';
import { type ExecutionHistory, states, type Visit, visits } from '../history';

export type StateStatus = 'not entered' | 'running' | 'waits' | 'succeeded' | 'failed' | 'stopped';

/** A state as the page shows it. */
export interface StateSight {
  readonly name: string;
  readonly kind: Kind;
  readonly comment: string;
  /** Name of the Map it is within. */
  readonly within?: string;
  /** `waits`: for a person. `stopped`: its execution was ended by somebody, or for its parent. */
  readonly status: StateStatus;
  /** Executions it is at work in, and in which it was at work when they failed. */
  readonly running: number;
  readonly failed: number;
  /** Entries, retries and redrives. */
  readonly attempts: number;
  /** In all stays, up to now. */
  readonly seconds: number;
  /** First entry and, when it is not at work, end of the last stay. */
  readonly from: string | null;
  readonly to: string | null;
}

interface Stay extends Visit {
  readonly history: ExecutionHistory;
}

/** What events tell of an execution's states. */
interface Work {
  readonly visits: readonly Visit[];
  /** By the state's name. */
  readonly attempts: ReadonlyMap<string, number>;
}

/** By the events they are made of: an execution without news is not worked out again, and those gone are forgotten. */
const known = new WeakMap<ExecutionHistory['events'], Work>();

function workOf(history: ExecutionHistory): Work {
  const before = known.get(history.events);
  if (before) return before;
  const attempts = new Map(states([history]).map((one) => [one.name, one.attempts]));
  const work = { visits: visits(history), attempts };
  known.set(history.events, work);
  return work;
}

/** States in the order of the definition. @param all the root's history first */
export function stateSights(
  definition: AslGraph,
  all: readonly ExecutionHistory[],
  now = Date.now(),
): StateSight[] {
  const stays = new Map<string, Stay[]>();
  const attempts = new Map<string, number>();
  for (const history of all) {
    const worked = workOf(history);
    for (const visit of worked.visits) {
      const own = stays.get(visit.state);
      const stay = { ...visit, history };
      if (own) own.push(stay);
      else stays.set(visit.state, [stay]);
    }
    for (const [name, tries] of worked.attempts) {
      attempts.set(name, (attempts.get(name) ?? 0) + tries);
    }
  }
  const succeeded = all[0]?.status === 'SUCCEEDED';
  return flat(definition).map(({ name, within, kind, comment }) => {
    const own = stays.get(name) ?? [];
    const running = lastOf(own).filter((stay) => !stay.ended && isRunning(stay));
    const over = succeeded ? [] : lastOf(latest(own)).filter((s) => !s.ended && !isRunning(s));
    const failed = over.filter(({ history }) => /FAILED|TIMED_OUT/.test(history.status)).length;
    const from = own.reduce((least, stay) => Math.min(least, stay.from.getTime()), Infinity);
    const to = own.reduce((most, stay) => Math.max(most, stay.to?.getTime() ?? 0), 0);
    return {
      ...{ name, kind, comment, within },
      status: statusOf(kind, { own, running, over, failed }),
      ...{ running: running.length, failed, attempts: attempts.get(name) ?? 0 },
      seconds: own.reduce((sum, stay) => sum + lengthOf(stay, now), 0),
      from: own[0] ? new Date(from).toISOString() : null,
      to: own[0] && running.length === 0 ? new Date(to).toISOString() : null,
    };
  });
}

function statusOf(
  kind: Kind,
  { own, running, over, failed }: { own: Stay[]; running: Stay[]; over: Stay[]; failed: number },
): StateStatus {
  if (running.length > 0) return kind === 'gate' ? 'waits' : 'running';
  if (failed > 0) return 'failed';
  if (over.length > 0) return 'stopped';
  return own.length > 0 ? 'succeeded' : 'not entered';
}

const isRunning = ({ history }: Stay): boolean => history.status === 'RUNNING';

/** Of each execution the last stay: earlier ones were redriven. */
const lastOf = (stays: readonly Stay[]): Stay[] => [
  ...new Map(stays.map((stay) => [stay.execution, stay])).values(),
];

/** Stays within the Map Run that began last: children that failed in an earlier one have successors in it. */
function latest(stays: readonly Stay[]): Stay[] {
  const run = stays.reduce<Stay | undefined>((a, b) => (a && a.from > b.from ? a : b), undefined);
  return stays.filter(({ history }) => history.mapRun === run?.history.mapRun);
}

function lengthOf({ from, to, history }: Stay, now: number): number {
  const end = to?.getTime() ?? (history.status === 'RUNNING' ? now : from.getTime());
  return Math.max(0, end - from.getTime()) / 1000;
}

/** All states, those of a Map's children after it. */
function flat(
  graph: AslGraph,
  within?: string,
): Pick<StateSight, 'name' | 'kind' | 'comment' | 'within'>[] {
  return Object.entries(graph.States).flatMap(([name, state]) => [
    { name, kind: kindOf(state), comment: state.Comment ?? '', within },
    ...(state.ItemProcessor ? flat(state.ItemProcessor, name) : []),
  ]);
}
