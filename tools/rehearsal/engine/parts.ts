// The parts of a state that run inside its execution: branches of a Parallel, iterations of an inline
// Map. When one fails the others are stopped; a redrive goes on with those that did not end.
import type { State } from './definition';
import { Interrupted, StateError } from './errors';
import type { Place } from './evaluate';
import type { Frame, Part } from './frame';
import { runFrame } from './interpreter';
import { type Payload, payload } from './payload';
import type { Thread } from './thread';

/** The kinds of state that take time have an event for being stopped. */
const ABORTABLE = ['Task', 'Wait', 'Parallel', 'Map'];

/** Makes the frame of a part that begins. */
type Begin = (part: Part) => Promise<Frame>;

/** Runs what a Map or a Parallel is made of, and makes one array of the outputs. */
export async function runContainer(
  place: Place,
  run: (place: Place) => Promise<readonly Payload[]>,
): Promise<Payload> {
  const { thread, visit } = place;
  const { name, Type: type } = visit.state;
  try {
    const outputs = await run(place);
    thread.assertLive();
    const text = `[${outputs.map((output) => output.text).join(',')}]`;
    const values = outputs.map((output) => output.value);
    const result = payload(values, `The result of the state '${name}'`, text);
    thread.record(`${type}StateSucceeded`);
    return result;
  } catch (error) {
    const started = visit.parts !== undefined || visit.mapRun !== undefined;
    if (started && thread.isLive && error instanceof StateError)
      thread.record(`${type}StateFailed`);
    throw error;
  }
}

/** Runs the parts that have no output yet, so many at a time. */
export async function runParts(place: Place, limit: number, begin?: Begin): Promise<Payload[]> {
  const { thread, visit } = place;
  const parts = visit.parts!;
  const queue = parts.filter(({ output }) => output === undefined);
  let running = 0;
  let failed = false;
  const everything = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown, failing: Part) => {
      reject(error);
      // Of a stopped execution everything is closed already, and a redrive may be under way.
      if (failed || !thread.isLive) return;
      failed = true;
      queue.length = 0;
      const after = failing.thread!.lastEventId;
      for (const part of parts) writeOff(thread, part, visit.state, after, part === failing);
      thread.lastEventId = after;
    };
    const next = (after?: number) => {
      if (queue.length === 0 && running === 0) return resolve();
      while (running < limit && queue.length > 0) start(queue.shift()!, after);
    };
    const start = (part: Part, after?: number) => {
      const fork = thread.fork(after);
      part.thread = fork;
      running += 1;
      fork
        .run(() => runPart(place, fork, part, begin))
        .then(
          (last) => {
            running -= 1;
            part.thread = undefined;
            next(last);
          },
          (error) => fail(error, part),
        );
    };
    next();
  });
  await thread.idle(everything);
  return parts.map(({ output }) => output!);
}

/** Returns the last event of the part's states: what is started next follows it. */
async function runPart(
  { thread, visit: { state } }: Place,
  fork: Thread,
  part: Part,
  begin?: Begin,
): Promise<number> {
  const note = (what: string) => noteIteration(fork, state, part, what);
  // An iteration that a redrive goes on with was started before.
  if (part.frame === undefined) note('Started');
  if (part.frame === undefined && begin !== undefined) {
    const frame = await begin(part);
    fork.assertLive();
    part.frame = frame;
  }
  try {
    const output = await runFrame(fork, part.frame!);
    fork.assertLive();
    const last = fork.lastEventId;
    note('Succeeded');
    part.output = output;
    part.frame = undefined;
    thread.lastEventId = fork.lastEventId;
    return last;
  } catch (error) {
    if (!(error instanceof StateError) || !fork.isLive) throw new Interrupted();
    // The failing state has noted where its evaluation failed; the one around it has not.
    throw new StateError(error.error, error.reason);
  }
}

function noteIteration(thread: Thread, { name, Type }: State, { index }: Part, what: string): void {
  if (Type === 'Map') thread.record(`MapIteration${what}`, { name, index });
}

/**
 * Ends a part because one of them failed. As recorded histories have it, every state that is open is
 * written off, that which failed included, and all this follows the failure.
 */
function writeOff(thread: Thread, part: Part, state: State, after: number, failed: boolean): void {
  const { thread: fork, frame } = part;
  if (fork === undefined || !(failed || fork.isLive)) return;
  const record = (note: () => void) => {
    // The last places in a history belong to the failure itself.
    if (thread.roomLeft <= 3) return;
    thread.lastEventId = after;
    note();
  };
  record(() => noteIteration(thread, state, part, failed ? 'Failed' : 'Aborted'));
  const visit = frame?.output === undefined ? frame?.visit : undefined;
  for (const inner of visit?.parts ?? []) writeOff(thread, inner, visit!.state, after, false);
  if (visit?.mapRun?.status === 'RUNNING') record(() => thread.record('MapRunAborted'));
  const type = visit?.entry === undefined ? '' : visit.state.Type;
  // A container that failed has an event of its own for that.
  const open = failed ? type === 'Task' : ABORTABLE.includes(type);
  if (open) record(() => thread.record(`${type}StateAborted`));
  fork.close();
}
