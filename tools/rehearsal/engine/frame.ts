// What is kept of a run through a `States` object: enough to go on from the state that was entered
// and not left. A frame outlives the threads that work on it.
import type { Graph, State } from './definition';
import { DATA_LIMIT, type StateError } from './errors';
import type { MapRun } from './map-run';
import type { Payload } from './payload';

export type Variables = Readonly<Record<string, unknown>>;

/** One stay in a state, retries and redrives included. */
export interface Visit {
  readonly state: State;
  readonly input: Payload;
  entered: boolean;
  /** Something else ended the execution while this state was open: a redrive passes a Pass by. */
  interrupted: boolean;
  enteredTime: number;
  /** Uses of each retrier, and of all of them. */
  retries: number[];
  retryCount: number;
  failure?: StateError;
  iterations?: Iteration[];
  mapRun?: MapRun;
}

export interface Iteration {
  readonly index: number;
  readonly value: unknown;
  frame?: Frame;
  output?: Payload;
}

export interface Frame {
  readonly graph: Graph;
  /** Scope around an inline iteration: readable from inside. */
  readonly outer?: Frame;
  /** Replaced as a whole when a state is left, so an open state sees the values of its entry. */
  variables: Variables;
  visit: Visit;
}

export function newFrame(graph: Graph, input: Payload, outer?: Frame): Frame {
  return { graph, outer, variables: {}, visit: newVisit(graph, graph.startAt, input) };
}

export function newVisit(graph: Graph, name: string, input: Payload): Visit {
  const state = graph.states.get(name)!;
  const entered = false;
  return { state, input, entered, interrupted: false, enteredTime: 0, retries: [], retryCount: 0 };
}

export function visibleVariables(frame: Frame): Variables {
  if (frame.outer === undefined) return frame.variables;
  return { ...visibleVariables(frame.outer), ...frame.variables };
}

/**
 * Makes the open states of a frame ready to be entered again.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function reopen(frame: Frame): void {
  const { visit } = frame;
  if (!visit.entered) return;
  for (const iteration of visit.iterations ?? []) {
    if (iteration.output === undefined && iteration.frame !== undefined) reopen(iteration.frame);
  }
  // Results that were too large together are made anew, not added up again.
  if (visit.failure?.error === DATA_LIMIT) {
    visit.iterations = undefined;
    visit.mapRun = undefined;
  }
  visit.entered = false;
  visit.interrupted = visit.failure === undefined;
  visit.failure = undefined;
  visit.retries = [];
  visit.retryCount = 0;
}
