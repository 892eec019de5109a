// The short notation of a history, and how a history of the engine is held against it.
import type { Line } from './case';

type Details = Readonly<Record<string, unknown>>;

interface Event {
  readonly id: number;
  /** Undefined where it is not settled. */
  readonly previous: number | undefined;
  readonly what: string;
  readonly details: Details;
}

const JSON_TEXT = ['input', 'output', 'parameters'];
const LINE = /^(\w+)(?: (?!< )(.+?))?(?: < (\d+|\?))?$/;

function expectedEvent(line: Line, index: number): Event {
  const [text, details] = typeof line === 'string' ? [line, {}] : line;
  const [, type, name, before] = LINE.exec(text)!;
  const previous = before === '?' ? undefined : Number(before ?? index);
  return { id: index + 1, previous, what: name === undefined ? type! : `${type} ${name}`, details };
}

function actualEvent(event: Record<string, unknown>): Event {
  const { id, type, previousEventId, timestamp: _, ...members } = event;
  const details: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(Object.values(members)[0] ?? {})) {
    details[key] = JSON_TEXT.includes(key) ? JSON.parse(value as string) : value;
    if (key === 'assignedVariables') {
      details[key] = Object.fromEntries(
        Object.entries(value as object).map(([name, text]) => [name, JSON.parse(text)]),
      );
    }
  }
  const { name, index } = details;
  const what = [type, index === undefined ? name : `${name}#${index}`].filter(Boolean).join(' ');
  return { id: Number(id), previous: Number(previousEventId), what, details };
}

/** A text that ends in `…` stands for everything that begins like it. */
export function abridged(expected: unknown, actual: unknown): unknown {
  if (typeof expected !== 'string' || !expected.endsWith('…')) return actual;
  return String(actual).startsWith(expected.slice(0, -1)) ? expected : actual;
}

function show({ id, previous, what, details }: Event, numbered: boolean): string {
  const text = Object.keys(details).length === 0 ? '' : ` ${JSON.stringify(details)}`;
  return `${numbered ? `${id} < ${previous ?? '?'} ` : ''}${what}${text}`;
}

/** Of an event only what the expectation speaks of. */
function project(actual: Event, expected: Event | undefined): Event {
  if (expected === undefined) return actual;
  const details = Object.fromEntries(
    Object.entries(expected.details).map(([key, value]) => [
      key,
      abridged(value, sorted(actual.details[key])),
    ]),
  );
  const previous = expected.previous === undefined ? undefined : actual.previous;
  return { ...actual, previous, details };
}

/** Members in the order of their names, so that two texts can be compared. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

/** What led to an event, from the start on: the same however branches are interleaved. */
function lineage(events: readonly Event[]): (event: Event) => string {
  const byId = new Map(events.map((event) => [event.id, event]));
  const trace = (event: Event | undefined): string =>
    event === undefined ? '' : `${trace(byId.get(event.previous ?? 0))} > ${event.what}`;
  return trace;
}

function byLineage(events: readonly Event[]): Event[] {
  const trace = lineage(events);
  return [...events].sort((a, b) => (trace(a) < trace(b) ? -1 : 1) || a.id - b.id);
}

/** Expected and actual history as lists of lines, ready for `toEqual`. */
export function compared(
  lines: readonly Line[],
  history: readonly Record<string, unknown>[],
  sideBySide: boolean,
): { expected: string[]; actual: string[] } {
  let wanted = lines.map(expectedEvent).map((event) => ({
    ...event,
    details: sorted(event.details) as Details,
  }));
  let found = history.map(actualEvent);
  const wantedTrace = lineage(wanted);
  const foundTrace = lineage(found);
  if (sideBySide) {
    wanted = byLineage(wanted);
    found = byLineage(found);
  }
  const after = (trace: (event: Event) => string, event: Event) =>
    sideBySide ? ` (after${trace(event).slice(0, -event.what.length - 2)})` : '';
  return {
    expected: wanted.map((event) => show(event, !sideBySide) + after(wantedTrace, event)),
    actual: found.map(
      (event, i) => show(project(event, wanted[i]), !sideBySide) + after(foundTrace, event),
    ),
  };
}
