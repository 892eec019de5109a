// Walks through the states of a frame: enter, do, retry or catch, leave.
import type { Catcher, Json, Retrier } from './definition';
import { Interrupted, matchesError, NO_CHOICE, StateError } from './errors';
import { evaluate, number, type Place, type Reserved, text, wrongType } from './evaluate';
import { TIMESTAMP } from './fields';
import { type Frame, newVisit, variableBytes } from './frame';
import { runMap } from './map';
import { runParallel } from './parallel';
import { type Payload, payload, tooLarge } from './payload';
import { runTask } from './task';
import type { Thread } from './thread';

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
const MAX_VARIABLE_BYTES = 10 * 1024 * 1024;

/** How a state is left. */
interface Exit {
  readonly output: Payload;
  readonly assigned?: Json;
  /** The assigned variables as JSON texts. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Absent at the end of the frame. */
  readonly next?: string;
}

/** Goes on where the frame stands, to its end. */
export async function runFrame(thread: Thread, frame: Frame): Promise<Payload> {
  while (frame.output === undefined) {
    const place: Place = { thread, frame, visit: frame.visit };
    if (frame.visit.entry === undefined) enter(place);
    else resume(place);
    const exit = await runVisit(place);
    leave(place, exit);
    if (exit.next === undefined) frame.output = exit.output;
    else frame.visit = newVisit(frame.graph, exit.next, exit.output);
  }
  return frame.output;
}

function enter({ thread, visit }: Place): void {
  const { name, Type: type } = visit.state;
  visit.entry = thread.record(`${type}StateEntered`, { name, input: visit.input.text });
  visit.enteredTime = thread.execution.world.clock.now();
  thread.execution.transitions += 1;
}

/** A redrive goes on from the entry, and writes no second one. */
function resume({ thread, visit }: Place): void {
  thread.lastEventId = visit.entry!;
  thread.execution.transitions += 1;
}

function leave({ thread, frame, visit }: Place, { output, assigned, texts = {} }: Exit): void {
  const { name, Type: type } = visit.state;
  const assignedVariables = assigned === undefined ? undefined : texts;
  thread.record(`${type}StateExited`, { name, output: output.text, assignedVariables });
  if (assigned === undefined) return;
  frame.variables = { ...frame.variables, ...assigned };
  frame.sizes = { ...frame.sizes, ...sizesOf(texts) };
}

async function runVisit(place: Place): Promise<Exit> {
  const { thread, visit } = place;
  for (;;) {
    try {
      return await perform(place);
    } catch (error) {
      if (!thread.isLive || error instanceof Interrupted) throw new Interrupted();
      if (!(error instanceof StateError)) throw error;
      noteEvaluation(place, error);
      if (await retried(place, error)) continue;
      const catcher = visit.state.Catch?.find((entry) =>
        matchesError(entry.ErrorEquals, error.kind),
      );
      if (catcher !== undefined) return caught(place, catcher, error);
      thread.assertLive();
      visit.failure = error;
      throw error;
    }
  }
}

function noteEvaluation({ thread, visit }: Place, error: StateError): void {
  const { location, reason: cause } = error;
  if (location === undefined) return;
  const details = { state: visit.state.name, error: error.error, cause, location };
  thread.record('EvaluationFailed', details);
}

/** Waits for the retrier's delay, or says that no retrier is left. */
async function retried({ thread, visit }: Place, error: StateError): Promise<boolean> {
  const retriers = visit.state.Retry ?? [];
  const index = retriers.findIndex((entry) => matchesError(entry.ErrorEquals, error.kind));
  const retrier = retriers[index];
  const used = visit.retries[index] ?? 0;
  if (retrier === undefined || used >= (retrier.MaxAttempts ?? 3)) return false;
  await thread.sleep(delayMs(retrier, used));
  thread.assertLive();
  visit.retries[index] = used + 1;
  visit.retryCount += 1;
  // A Map or Parallel that is tried again starts from nothing; only a redrive keeps what is done.
  visit.parts = undefined;
  visit.mapRun = undefined;
  thread.execution.transitions += 1;
  return true;
}

function delayMs(retrier: Retrier, used: number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
  const seconds = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** used);
  return seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? Math.random() : 1);
}

async function caught(place: Place, catcher: Catcher, error: StateError): Promise<Exit> {
  const errorOutput = { Error: error.error, Cause: error.reason };
  const fallback = payload(errorOutput, `The error of the state '${place.visit.state.name}'`);
  try {
    return await finish(place, catcher, fallback, { errorOutput: fallback.value });
  } catch (failed) {
    if (failed instanceof StateError && place.thread.isLive) {
      noteEvaluation(place, failed);
      place.visit.failure = failed;
    }
    throw failed;
  }
}

const RUN = { Task: runTask, Parallel: runParallel, Map: runMap };

async function perform(place: Place): Promise<Exit> {
  const { thread, visit } = place;
  const { state, input } = visit;
  switch (state.Type) {
    case 'Task':
    case 'Parallel':
    case 'Map': {
      const result = await RUN[state.Type](place);
      return finish(place, state, result, { result: result.value });
    }
    case 'Choice':
      return choose(place);
    case 'Wait':
      await thread.sleep(await waitMs(place));
      return finish(place, state, input);
    case 'Pass':
      return visit.interrupted ? { output: input, next: state.Next } : finish(place, state, input);
    case 'Succeed':
      return finish(place, state, input);
    case 'Fail':
      throw new StateError(await text(place, 'Error'), await text(place, 'Cause'));
  }
}

async function choose(place: Place): Promise<Exit> {
  const { state, input } = place.visit;
  for (const [index, rule] of state.Choices!.entries()) {
    const field = `Choices[${index}]/Condition`;
    const condition = await evaluate(place, rule.Condition, field);
    if (typeof condition !== 'boolean') throw wrongType(place, field, 'a boolean');
    if (condition) return finish(place, rule, input);
  }
  if (state.Default !== undefined) {
    return finish(place, { ...state, Next: String(state.Default) }, input);
  }
  throw new StateError(NO_CHOICE, `No choice rule of the state '${state.name}' matched the input.`);
}

async function waitMs(place: Place): Promise<number> {
  const seconds = await number(place, 'Seconds');
  if (seconds !== undefined) return seconds * 1000;
  const timestamp = await text(place, 'Timestamp');
  const instant = Date.parse(timestamp ?? '');
  if (!TIMESTAMP.test(timestamp ?? '') || Number.isNaN(instant)) {
    throw wrongType(place, 'Timestamp', 'an RFC 3339 timestamp');
  }
  const now = place.thread.execution.world.clock.now();
  return Math.max(0, Math.floor(instant / 1000) * 1000 - now);
}

/** Output and Assign, neither of which sees the other. */
async function finish(
  place: Place,
  templates: Pick<Catcher, 'Output' | 'Assign'> & { readonly Next?: string },
  fallback: Payload,
  reserved: Reserved = {},
): Promise<Exit> {
  const { name } = place.visit.state;
  const { Next: next } = templates;
  let output = fallback;
  if (templates.Output !== undefined) {
    const value = await evaluate(place, templates.Output, 'Output', reserved);
    output = payload(value, `The output of the state '${name}'`);
  }
  if (templates.Assign === undefined) return { output, next };
  const assigned = (await evaluate(place, templates.Assign, 'Assign', reserved)) as Json;
  payload(assigned, `The variables assigned by the state '${name}'`);
  const texts = textsOf(assigned);
  const sizes = sizesOf(texts);
  const before = variableBytes(place.thread.execution.root);
  const change = Object.entries(sizes).map(([key, size]) => size - (place.frame.sizes[key] ?? 0));
  if (change.reduce((sum, bytes) => sum + bytes, before) > MAX_VARIABLE_BYTES) {
    throw tooLarge('All variables of the execution');
  }
  return { output, assigned, texts, next };
}

function textsOf(values: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, v]) => [key, JSON.stringify(v)]));
}

function sizesOf(texts: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(texts).map(([key, v]) => [key, Buffer.byteLength(v)]));
}
