// What is kept of a run through a `States` object: enough to go on from the state that was entered
// and not left. A frame outlives the threads that work on it.
import type { Graph, State } from './definition';
import { DATA_LIMIT, type StateError } from './errors';
import type { MapRun } from './map-run';
import type { Payload } from './payload';
import type { Thread } from './thread';

export type Variables = Readonly<Record<string, unknown>>;

/** One stay in a state, retries and redrives included. */
export interface Visit {
  readonly state: State;
  readonly input: Payload;
  /** Id of the event that tells of the entry. */
  entry?: number;
  /** Something else ended the execution while this state was open: a redrive passes a Pass by. */
  interrupted: boolean;
  enteredTime: number;
  /** Uses of each retrier, and of all of them. */
  retries: number[];
  retryCount: number;
  failure?: StateError;
  /** Of a Parallel or an inline Map, once it has begun. */
  parts?: Part[];
  mapRun?: MapRun;
}

/** A branch of a Parallel, or an iteration of an inline Map. */
export interface Part {
  readonly index: number;
  /** Item of an iteration. */
  readonly value?: unknown;
  /** From its first state to its last. */
  frame?: Frame;
  output?: Payload;
  /** While it runs. */
  thread?: Thread;
}

export interface Frame {
  readonly graph: Graph;
  /** Scope around a branch or an inline iteration: readable from inside. */
  readonly outer?: Frame;
  /** Replaced as a whole when a state is left, so an open state sees the values of its entry. */
  variables: Variables;
  /** Bytes of each variable. */
  sizes: Readonly<Record<string, number>>;
  visit: Visit;
  /** Of a frame whose last state was left: that state is not entered again. */
  output?: Payload;
}

export function newFrame(graph: Graph, input: Payload, outer?: Frame): Frame {
  const visit = newVisit(graph, graph.startAt, input);
  return { graph, outer, variables: {}, sizes: {}, visit };
}

export function newVisit(graph: Graph, name: string, input: Payload): Visit {
  const state = graph.states.get(name)!;
  return { state, input, interrupted: false, enteredTime: 0, retries: [], retryCount: 0 };
}

export function visibleVariables(frame: Frame): Variables {
  if (frame.outer === undefined) return frame.variables;
  return { ...visibleVariables(frame.outer), ...frame.variables };
}

/** Bytes of all variables in a frame and in what runs inside it. */
export function variableBytes({ sizes, visit }: Frame): number {
  const own = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  const inside = (visit.parts ?? []).flatMap(({ frame }) => frame ?? []);
  return inside.reduce((sum, frame) => sum + variableBytes(frame), own);
}

/**
 * Makes the open states of a frame ready to be gone on with.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function reopen(frame: Frame): void {
  const { visit } = frame;
  if (visit.entry === undefined) return;
  for (const { frame: inner } of visit.parts ?? []) if (inner !== undefined) reopen(inner);
  // Results that were too large together are made anew, not added up again.
  if (visit.failure?.error === DATA_LIMIT) visit.parts = undefined;
  if (visit.failure?.error === DATA_LIMIT || visit.mapRun?.isBroken) visit.mapRun = undefined;
  visit.interrupted = visit.failure === undefined;
  visit.failure = undefined;
  visit.retries = [];
  visit.retryCount = 0;
}
