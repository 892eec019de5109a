// Which faults a matrix tries: from the calls of clean runs to cases, and which of them a draw takes.

import { createHash } from 'node:crypto';
import type { TaskCall } from '../rehearsal/cloud';
import { type FaultSpec, fits } from '../rehearsal/faults/faults';
import { aboutOf } from '../rehearsal/faults/subject';

/** Operations that change nothing, by their names; a statement is submitted whatever it says. */
const READS =
  /^(Get|List|Describe|Query|Scan|BatchGet|Head|Validate|Assume|(Select|With|Show|Exists|Explain)$)/i;

/** Tries an SDK client of ours makes (lambdas/shared/clients.ts): so many faults reach the task. */
export const TRIES = 4;

/**
 * What is done to each call. The error is one that nobody knows, so that nobody tries again: the
 * execution fails. Throttling and lost answers are repeated until the SDK has no try left, for what it
 * hides proves nothing: the task and Step Functions' Retry have to deal with them; a call that takes
 * effect each time and is never answered is the harder case of a lost answer. A killed process fails
 * the execution too.
 */
export const KINDS: readonly Pick<FaultSpec, 'kind' | 'when' | 'times' | 'error'>[] = [
  { kind: 'error', error: 'FaultOfTheRehearsal' },
  { kind: 'throttle', times: TRIES },
  { kind: 'kill', when: 'before' },
  { kind: 'lost-answer', times: TRIES },
  { kind: 'kill', when: 'after' },
];

/** A call of a clean run, with what it is about: `batch#:done`. */
export interface Seen extends TaskCall {
  readonly subject: string;
}

/** A call that changes something: function, operation, state and subject, wherever a loop makes it. */
export interface Place {
  readonly scene: string;
  readonly name: string;
  /** One for each turn that is tried: the first, and one in the middle. A loop of polls may have one turn less than now. */
  readonly faults: readonly Omit<FaultSpec, 'kind'>[];
}

/** One run with one fault. */
export interface Case {
  readonly scene: string;
  readonly place: string;
  readonly fault: FaultSpec;
}

/** Calls that change something and are not known from an earlier scene; adds them to `known`. */
export function placesOf(scene: string, calls: readonly Seen[], known: Set<string>): Place[] {
  const found = new Map<string, { base: Omit<FaultSpec, 'kind'>; nths: number[] }>();
  for (const [index, call] of calls.entries()) {
    const { machine, state, task, service, operation, subject } = call;
    if (READS.test(operation)) continue;
    const who = machine ? `${machine} / ${state}` : 'an event';
    const name = `${who} / ${task} / ${service}:${operation} ${subject}`.trim();
    if (known.has(name) && !found.has(name)) continue;
    known.add(name);
    const base = { machine, state, task, service, operation, about: aboutOf(subject) };
    const nth = calls.slice(0, index + 1).filter((earlier) => fits(base, earlier)).length;
    const place = found.get(name) ?? { base, nths: [] as number[] };
    place.nths.push(nth);
    found.set(name, place);
  }
  return [...found].map(([name, { base, nths }]) => {
    const turns = new Set([nths[0]!, nths[Math.floor(nths.length / 2)]!]);
    return { scene, name, faults: [...turns].map((nth) => ({ ...base, nth })) };
  });
}

/** Each kind of fault at each turn of each place. */
export const casesOf = (places: readonly Place[]): Case[] =>
  places.flatMap(({ scene, name, faults }) =>
    faults.flatMap((fault) =>
      KINDS.map((kind) => ({ scene, place: name, fault: { ...kind, ...fault } })),
    ),
  );

/** A call of the same state in another machine is the same call: both are of one construct. */
const callOf = ({ place }: Case): string => place.replace(/^\S+ \/ /, '');

/** One case of each call, the same for the same text, in an order that follows from it too. */
export function draw(cases: readonly Case[], text: string): Case[] {
  const calls = new Map<string, Case[]>();
  for (const one of cases) calls.set(callOf(one), [...(calls.get(callOf(one)) ?? []), one]);
  const drawn = [...calls].map(([call, own]) => {
    const number = createHash('sha256').update(`${text}\n${call}`).digest().readUInt32BE();
    return { number, one: own[number % own.length]! };
  });
  return drawn.sort((a, b) => a.number - b.number).map(({ one }) => one);
}

/**
 * Cases that are tried in one run: of one scene, and each at a place of its own, so that the turns of one
 * are not counted otherwise because of another. Several may strike one state, one redrive after the other;
 * but a function that an event invokes has three tries in all, and nobody redrives it: no more than two strike it.
 */
export function together(cases: readonly Case[], most: number): Case[][] {
  const groups: { scene: string; places: Set<string>; cases: Case[] }[] = [];
  for (const one of cases) {
    const { scene, place, fault } = one;
    const isOfEvent = ({ fault: { machine, task } }: Case) =>
      machine === undefined && task === fault.task;
    const open = groups.find(
      (group) =>
        group.scene === scene &&
        group.cases.length < most &&
        !group.places.has(place) &&
        !(isOfEvent(one) && group.cases.filter(isOfEvent).length === 2),
    );
    if (open) {
      open.cases.push(one);
      open.places.add(place);
    } else groups.push({ scene, places: new Set([place]), cases: [one] });
  }
  return groups.map((group) => group.cases);
}

/** A fault as `--fault` takes it. */
export const specText = (fault: FaultSpec): string =>
  Object.entries(fault)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
