// Map states: what both modes have in common, and the inline mode, whose iterations run inside the
// execution. https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
import { Interrupted, StateError } from './errors';
import { type Frame, type Iteration, newFrame } from './frame';
import { evaluate, integer, type Place, runFrame, wrongType } from './interpreter';
import { MapRun } from './map-run';
import { type Payload, payload } from './payload';
import type { Thread } from './thread';

const INLINE_CONCURRENCY = 40;

export interface MapItem {
  readonly index: number;
  readonly value: unknown;
  /** Of an item that comes from an object. */
  readonly key?: string;
}

export async function runMap(place: Place): Promise<Payload> {
  const { thread, visit } = place;
  const { state } = visit;
  try {
    const parts = state.label === undefined ? await runIterations(place) : await runChildren(place);
    thread.assertLive();
    const text = `[${parts.map((part) => part.text).join(',')}]`;
    const values = parts.map((part) => part.value);
    const result = payload(values, `The result of the state '${state.name}'`, text);
    thread.record('MapStateSucceeded');
    return result;
  } catch (error) {
    const started = visit.iterations !== undefined || visit.mapRun !== undefined;
    if (started && thread.isLive && error instanceof StateError) thread.record('MapStateFailed');
    throw error;
  }
}

async function readItems(place: Place): Promise<MapItem[]> {
  const { Items, label } = place.visit.state;
  const source =
    Items === undefined ? place.visit.input.value : await evaluate(place, Items, 'Items');
  if (Array.isArray(source)) return source.map((value, index) => ({ index, value }));
  if (label === undefined || source === null || typeof source !== 'object') {
    throw wrongType(place, 'Items', label === undefined ? 'an array' : 'an array or an object');
  }
  return Object.entries(source).map(([key, value], index) => ({ index, key, value }));
}

async function selectInput(place: Place, item: MapItem): Promise<Payload> {
  const template = place.visit.state.ItemSelector;
  const { index: Index, value: Value, key } = item;
  const Item = { Index, Value, Source: 'STATE_DATA', ...(key === undefined ? {} : { Key: key }) };
  const value =
    template === undefined
      ? Value
      : await evaluate(place, template, 'ItemSelector', { context: { Map: { Item } } });
  return payload(value, `Item ${Index} of the state '${place.visit.state.name}'`);
}

/** Distributed mode: starts the Map Run, follows it, or redrives the one that is there. */
async function runChildren(place: Place): Promise<readonly Payload[]> {
  const { thread, visit } = place;
  let run = visit.mapRun;
  if (run === undefined) {
    const maxConcurrency = (await integer(place, 'MaxConcurrency', 0)) ?? 0;
    const toleratedCount = await integer(place, 'ToleratedFailureCount', 0);
    const toleratedPercentage = await percentage(place);
    const inputs: Payload[] = [];
    for (const item of await readItems(place)) inputs.push(await selectInput(place, item));
    thread.record('MapStateStarted', { length: inputs.length });
    const limits = { maxConcurrency, toleratedCount, toleratedPercentage };
    run = new MapRun(thread.execution, visit.state, inputs, limits);
    visit.mapRun = run;
    await run.start(thread);
  } else if (run.status !== 'SUCCEEDED') {
    await run.redrive(thread);
  }
  return run.results();
}

async function percentage(place: Place): Promise<number | undefined> {
  const field = 'ToleratedFailurePercentage';
  const template = place.visit.state[field];
  if (template === undefined) return undefined;
  const value = await evaluate(place, template, field);
  if (typeof value === 'number' && value >= 0 && value <= 100) return value;
  throw wrongType(place, field, 'a number from 0 to 100');
}

async function runIterations(place: Place): Promise<Payload[]> {
  const { thread, visit } = place;
  const limit = (await integer(place, 'MaxConcurrency', 0)) || INLINE_CONCURRENCY;
  if (visit.iterations === undefined) {
    const items = await readItems(place);
    thread.record('MapStateStarted', { length: items.length });
    visit.iterations = items.map(({ index, value }) => ({ index, value }));
  }
  const iterations = visit.iterations;
  const queue = iterations.filter((iteration) => iteration.output === undefined);
  const running = new Map<Thread, Iteration>();
  const everything = new Promise<void>((resolve, reject) => {
    const stopRest = (error: unknown) => {
      queue.length = 0;
      for (const [fork, iteration] of running) abortIteration(fork, visit.state.name, iteration);
      running.clear();
      reject(error);
    };
    const next = () => {
      if (queue.length === 0 && running.size === 0) return resolve();
      while (running.size < Math.min(limit, INLINE_CONCURRENCY) && queue.length > 0) {
        const iteration = queue.shift()!;
        const fork = thread.fork();
        running.set(fork, iteration);
        fork
          .run(() => iterate(place, fork, iteration))
          .then(
            () => running.delete(fork) && next(),
            (error) => running.delete(fork) && stopRest(error),
          );
      }
    };
    next();
  });
  await thread.idle(everything);
  return iterations.map((iteration) => iteration.output!);
}

async function iterate(place: Place, fork: Thread, iteration: Iteration): Promise<void> {
  const { name, processor } = place.visit.state;
  const details = { name, index: iteration.index };
  fork.record('MapIterationStarted', details);
  if (iteration.frame === undefined) {
    const input = await selectInput(place, iteration);
    fork.assertLive();
    iteration.frame = newFrame(processor!, input, place.frame);
  }
  try {
    const output = await runFrame(fork, iteration.frame);
    fork.record('MapIterationSucceeded', details);
    iteration.output = output;
  } catch (error) {
    if (!(error instanceof StateError) || !fork.isLive) throw new Interrupted();
    fork.record('MapIterationFailed', details);
    // The failing state has noted where its evaluation failed; the Map has not.
    throw new StateError(error.error, error.reason);
  }
}

function abortIteration(fork: Thread, name: string, { index, frame }: Iteration): void {
  if (!fork.isLive) return;
  if (fork.roomLeft > 3) {
    abortOpenState(fork, frame);
    fork.record('MapIterationAborted', { name, index });
  }
  fork.close();
}

/** The kinds of state that take time have an event for being stopped. */
function abortOpenState(fork: Thread, frame: Frame | undefined): void {
  const visit = frame?.visit;
  if (visit?.mapRun?.status === 'RUNNING') fork.record('MapRunAborted');
  if (visit?.entered && ['Task', 'Wait', 'Map'].includes(visit.state.Type)) {
    fork.record(`${visit.state.Type}StateAborted`);
  }
}
