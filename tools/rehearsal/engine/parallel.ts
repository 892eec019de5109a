// A Parallel state: every branch gets the same input, and the result is the array of their outputs.
// https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html

import { evaluate, type Place } from './evaluate';
import { newFrame } from './frame';
import { runContainer, runParts } from './parts';
import { type Payload, payload } from './payload';

export function runParallel(place: Place): Promise<Payload> {
  return runContainer(place, runBranches);
}

async function runBranches(place: Place): Promise<Payload[]> {
  const { thread, frame, visit } = place;
  const { name, Arguments: template, branches = [] } = visit.state;
  if (visit.parts === undefined) {
    let { input } = visit;
    if (template !== undefined) {
      const value = await evaluate(place, template, 'Arguments');
      input = payload(value, `The arguments of the state '${name}'`);
    }
    thread.record('ParallelStateStarted');
    visit.parts = branches.map((graph, index) => ({ index, frame: newFrame(graph, input, frame) }));
  }
  return runParts(place, Number.POSITIVE_INFINITY);
}
