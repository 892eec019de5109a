// Map states. Inline mode runs its iterations inside the execution, distributed mode makes each an
// execution of its own: https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html
import type { Json } from './definition';
import { contextOf, evaluate, number, type Place, wrongType } from './evaluate';
import { newFrame } from './frame';
import { MapRun } from './map-run';
import { runContainer, runParts } from './parts';
import { type Payload, payload } from './payload';

const INLINE_CONCURRENCY = 40;

interface Items {
  readonly values: readonly unknown[];
  /** When the items come from an object. */
  readonly keys?: readonly string[];
}

export function runMap(place: Place): Promise<Payload> {
  const inline = place.visit.state.label === undefined;
  return runContainer(place, inline ? runIterations : runChildren);
}

async function readItems(place: Place): Promise<Items> {
  const { Items, label } = place.visit.state;
  const source =
    Items === undefined ? place.visit.input.value : await evaluate(place, Items, 'Items');
  if (Array.isArray(source)) return { values: source };
  if (label === undefined || source === null || typeof source !== 'object') {
    throw wrongType(place, 'Items', label === undefined ? 'an array' : 'an array or an object');
  }
  return { keys: Object.keys(source), values: Object.values(source) };
}

/** `context`: that of the state's entry, which a redrive does not change. */
async function selectInput(
  place: Place,
  index: number,
  { values, keys }: Items,
  context: Json = {},
): Promise<Payload> {
  const { name, ItemSelector: template } = place.visit.state;
  const key = keys === undefined ? {} : { Key: keys[index] };
  const Item = { Index: index, Value: values[index], Source: 'STATE_DATA', ...key };
  const value =
    template === undefined
      ? Item.Value
      : await evaluate(place, template, 'ItemSelector', { context: { ...context, Map: { Item } } });
  return payload(value, `Item ${index} of the state '${name}'`);
}

/** Starts the Map Run, follows it, or redrives the one that is there. */
async function runChildren(place: Place): Promise<readonly Payload[]> {
  const { thread, visit } = place;
  let run = visit.mapRun;
  if (run === undefined) {
    const maxConcurrency = (await number(place, 'MaxConcurrency')) ?? 0;
    const toleratedCount = await number(place, 'ToleratedFailureCount');
    const toleratedPercentage = await number(place, 'ToleratedFailurePercentage');
    const items = await readItems(place);
    const { length } = items.values;
    thread.record('MapStateStarted', { length });
    const limits = { maxConcurrency, toleratedCount, toleratedPercentage };
    const context = contextOf(place);
    run = new MapRun(thread.execution, visit.state, length, limits, (index) =>
      selectInput(place, index, items, context),
    );
    visit.mapRun = run;
    await run.start(thread);
  } else if (run.status !== 'SUCCEEDED') {
    await run.redrive(thread);
  }
  return run.children.outputs();
}

async function runIterations(place: Place): Promise<Payload[]> {
  const { thread, frame, visit } = place;
  const limit = (await number(place, 'MaxConcurrency')) || INLINE_CONCURRENCY;
  if (visit.parts === undefined) {
    const { values } = await readItems(place);
    thread.record('MapStateStarted', { length: values.length });
    visit.parts = values.map((value, index) => ({ index, value }));
  }
  const values = visit.parts.map(({ value }) => value);
  return runParts(place, Math.min(limit, INLINE_CONCURRENCY), async ({ index }) => {
    const input = await selectInput(place, index, { values });
    return newFrame(visit.state.processor!, input, frame);
  });
}
