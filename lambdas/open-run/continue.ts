// `continueRun`: a new execution goes on with the run of a closed one. Done batches stay done; this is
// how a repaired definition reaches a failed run.

import { isDeepStrictEqual } from 'node:util';
import { executionStatus } from '../shared/executions';
import { mayContinueReleased, tunableMembers } from '../shared/inputs';
import { RUN_ID } from '../shared/inputs/identifiers';
import { type Ledger, runKey } from '../shared/ledger';
import { ownRun, type RunItem } from '../shared/runs';
import type { OpenRunDeps } from './core';
import type { OpenRunPayload } from './payload';

export interface Predecessor {
  readonly run?: RunItem;
  /** The execution's input, completed with what the run began with. */
  readonly input: unknown;
  /** It was given up: a new run goes on, under an id of its own. */
  readonly released: boolean;
  /** Why the run cannot be continued. */
  readonly problems: readonly string[];
}

/** Reads the run that an input wants to continue; changes nothing. */
export async function findPredecessor(
  payload: OpenRunPayload,
  { ledger, sfn }: OpenRunDeps,
): Promise<Predecessor> {
  const input = payload.input as Record<string, unknown> | null;
  const id = typeof input === 'object' ? input?.continueRun : undefined;
  // An id that is none is refused with the rest of the input.
  if (typeof id !== 'string' || !RUN_ID.test(id)) return { input, released: false, problems: [] };
  const run = await ledger.get<RunItem>(runKey(id));
  if (!run) {
    return { input, released: false, problems: [`continueRun: the ledger knows no run ${id}`] };
  }
  const whole = merge(run.input, input);
  const mine = run.executionArn === payload.rootArn || run.earlierArns.includes(payload.rootArn);
  const problems = mine ? [] : await problemsOfTakingOver(run, payload, input ?? {}, sfn);
  // An execution whose own run was given up does not begin another one when it is redriven.
  const released = !mine && isContinuable(run, payload);
  return { run, input: whole, released, problems };
}

const isContinuable = (run: RunItem, { schema }: OpenRunPayload): boolean =>
  run.status === 'released' && mayContinueReleased(schema);

/** Takes the run over when its owner is still who it was; asking twice does once. */
export async function takeOver(
  ledger: Ledger,
  run: RunItem,
  payload: OpenRunPayload,
): Promise<RunItem> {
  const caller = { ...payload, runId: run.runId };
  const mine = run.executionArn === payload.rootArn || run.earlierArns.includes(payload.rootArn);
  if (!mine) {
    const taken: RunItem = {
      ...run,
      executionArn: payload.rootArn,
      earlierArns: [...run.earlierArns, run.executionArn],
    };
    await ledger.put(runKey(run.runId), taken, { executionArn: run.executionArn, status: 'open' });
  }
  // Whether this write, an earlier one or somebody else's made the owner, the ledger says who it is.
  return ownRun(ledger, caller);
}

async function problemsOfTakingOver(
  run: RunItem,
  payload: OpenRunPayload,
  input: Record<string, unknown>,
  sfn: OpenRunDeps['sfn'],
): Promise<string[]> {
  const { runId, executionArn, machine } = run;
  const problems: string[] = [];
  if (machine !== payload.machine) {
    problems.push(`continueRun: run ${runId} belongs to machine ${machine}`);
  }
  const released = isContinuable(run, payload);
  if (run.status !== 'open' && !released) {
    problems.push(`continueRun: run ${runId} is ${run.status}, there is nothing to continue`);
  } else if (!released) {
    const status = await executionStatus(sfn, executionArn);
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') {
      problems.push(`continueRun: ${executionArn} is ${status}; stop it first, or watch it`);
    }
  }
  const free = ['continueRun', ...tunableMembers(payload.schema)];
  for (const [name, value] of Object.entries(input)) {
    if (free.includes(name) || agrees(value, run.input[name])) continue;
    problems.push(
      `${name}: run ${runId} began with ${JSON.stringify(run.input[name])?.slice(0, 500)}; leave it out or give the same`,
    );
  }
  return problems;
}

/** Whether every member given has the value the run began with; members left out are its own. */
function agrees(given: unknown, began: unknown): boolean {
  if (!isObject(given) || !isObject(began)) return isDeepStrictEqual(given, began);
  return Object.entries(given).every(([name, value]) => agrees(value, began[name]));
}

function merge(began: Record<string, unknown>, given: unknown): unknown {
  if (!isObject(given)) return given;
  const whole = Object.entries(given).map(([name, value]) => {
    const old = began[name];
    return [name, isObject(old) ? merge(old, value) : value];
  });
  return { ...began, ...Object.fromEntries(whole) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
