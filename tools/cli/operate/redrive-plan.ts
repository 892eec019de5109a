// What a redrive will run again, and what it will not: read from histories and the ledger before anybody presses
// the button. Step Functions goes on in states that were entered and not exited; what is done stays done.

import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { plural } from '../format';
import { type ExecutionHistory, visits } from '../history';
import { childrenIn, latestMapRuns } from '../map-runs';

/** A state that will run again. */
export interface Again {
  readonly state: string;
  /** `Task`, `Map`, `Fail`, … */
  readonly kind: string;
  /** Name of the child of a Map Run it is in; absent in the execution itself. */
  readonly child?: string;
}

/** What a redrive does. */
export interface RedrivePlan {
  readonly reruns: readonly Again[];
  /** Children of Map Runs that are not done: they go on where they stopped. */
  readonly children: readonly string[];
  /** Items that are not done: the redriven state starts them anew, and the ledger says what of each is done. */
  readonly items: readonly { readonly name: string; readonly error: string | undefined }[];
  readonly stays: {
    /** States of the execution that have ended. */
    readonly states: readonly string[];
    readonly items: readonly string[];
    /** Children that succeeded. */
    readonly children: number;
    readonly batches: number;
    readonly rows: number;
  };
}

/** As far as the ledger's records matter here. */
export interface Done {
  readonly items: readonly {
    readonly name: string;
    readonly status: string;
    readonly error?: string;
    readonly cause?: string;
  }[];
  readonly batches: readonly { readonly status: string; readonly rows?: number }[];
}

/** @param all the execution's history first, then those of all its children */
export function redrivePlan(
  all: readonly ExecutionHistory[],
  { items, batches }: Done,
): RedrivePlan {
  const [root, ...children] = all as [ExecutionHistory, ...ExecutionHistory[]];
  const open = openStates(root);
  const below = childrenOf(openMapRuns(root), children);
  const unfinished = below.filter(({ status }) => status !== 'SUCCEEDED' && status !== 'RUNNING');
  const states = new Set(visits(root).map(({ state }) => state));
  const names = new Set(open.map(({ state }) => state));
  const done = batches.filter(({ status }) => status === 'done');
  return {
    reruns: [
      ...open,
      ...unfinished.flatMap((child) =>
        openStates(child).map((one) => ({ ...one, child: nameOf(child) })),
      ),
    ],
    children: unfinished.map(nameOf),
    items: items
      .filter(({ status }) => status !== 'done')
      .map(({ name, error, cause }) => ({
        name,
        error: [error, cause].filter(Boolean).join(': '),
      })),
    stays: {
      states: [...states].filter((state) => !names.has(state)),
      items: items.filter(({ status }) => status === 'done').map(({ name }) => name),
      children: children.filter(({ status }) => status === 'SUCCEEDED').length,
      batches: done.length,
      rows: done.reduce((sum, { rows = 0 }) => sum + rows, 0),
    },
  };
}

const nameOf = ({ arn }: ExecutionHistory): string => arn.split(':').at(-1)!;

/** States whose last stay has not ended. */
function openStates(history: ExecutionHistory): Again[] {
  const kinds = new Map<string, string>();
  for (const event of history.events) {
    const name = event.stateEnteredEventDetails?.name;
    if (name !== undefined) kinds.set(name, kindOf(event));
  }
  const last = new Map(visits(history).map((visit) => [visit.state, visit.ended]));
  return [...last]
    .filter(([, ended]) => !ended)
    .map(([state]) => ({ state, kind: kinds.get(state) ?? 'State' }));
}

/** Map Runs that are at work in Maps whose last stay has not ended: a redrive goes on in them, not in earlier ones. */
function openMapRuns(history: ExecutionHistory): string[] {
  const runOf = latestMapRuns(history);
  return openStates(history).flatMap(({ state }) => runOf.get(state) ?? []);
}

/** Children of these Map Runs, and of those at work within them. */
function childrenOf(
  runs: readonly string[],
  all: readonly ExecutionHistory[],
): readonly ExecutionHistory[] {
  return childrenIn(runs, all).flatMap((child) => [child, ...childrenOf(openMapRuns(child), all)]);
}

const kindOf = ({ type }: HistoryEvent): string => String(type).replace(/StateEntered$/, '');

/** The plan in lines. */
export function planLines({ reruns, children, items, stays }: RedrivePlan): string[] {
  const own = reruns.filter(({ child }) => child === undefined);
  const list = (texts: readonly string[], most = 8) =>
    texts.length > most
      ? `${texts.slice(0, most).join(', ')} and ${texts.length - most} more`
      : texts.join(', ');
  const done = [
    ...(stays.states.length > 0
      ? [`${plural(stays.states.length, 'state')}: ${list(stays.states)}`]
      : []),
    ...(stays.items.length > 0 ? [`items that are done: ${list(stays.items)}`] : []),
    ...(stays.children > 0
      ? [plural(stays.children, 'child that succeeded', 'children that succeeded')]
      : []),
    ...(stays.batches > 0
      ? [`${plural(stays.batches, 'batch', 'batches')} with ${plural(stays.rows, 'row')}`]
      : []),
  ];
  return [
    ...own.map(({ state, kind }) => `  runs again   ${state} (${kind})`),
    ...reruns.flatMap(({ state, child }) =>
      child ? [`  goes on in   ${state}, child ${child}`] : [],
    ),
    ...(children.length > 0 && own.length === 0 ? [`  goes on in   ${list(children)}`] : []),
    ...items.map(
      ({ name, error }) => `  tries again  ${name}${error ? `, which failed: ${error}` : ''}`,
    ),
    ...done.map((text) => `  stays done   ${text}`),
  ];
}
