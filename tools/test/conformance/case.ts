// What a case file may hold. A member nobody knows is a mistake, not something to skip.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod';

const json = z.unknown();
const definition = z.record(z.string(), json);
const named = { error: z.string().optional(), cause: z.string().optional() };

/** What a function does when it is asked: one entry a call, in order. */
const answer = z.union([
  z.literal('never'),
  z.strictObject({ ok: json, after: z.number().optional(), times: z.number().optional() }),
  z.strictObject({ ...named, error: z.string(), after: z.number().optional() }),
  z.strictObject({ bytes: z.number() }),
]);

const refusal = z.strictObject({ code: z.string(), message: z.array(z.string()).optional() });
const call = { function: z.string(), call: z.number() };

/** `TaskStateExited Name < 5`: type, name (of an iteration `Name#0`), and the event before it. */
const line = z.union([z.string(), z.tuple([z.string(), z.record(z.string(), json)])]);

const seen = {
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']),
  output: json.optional(),
  ...named,
  redriveCount: z.number().optional(),
};

const child = z.strictObject({ ...seen, input: json, history: z.array(line).optional() });

const mapRun = z.strictObject({
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED']),
  redriveCount: z.number().optional(),
  counts: z.record(z.string(), z.number()).optional(),
  /** Those that were started, in the order of the items. */
  children: z.array(child).optional(),
});

const look = z.strictObject({
  ...seen,
  redriveStatus: z.enum(['REDRIVABLE', 'NOT_REDRIVABLE', 'REDRIVABLE_BY_MAP_RUN']).optional(),
  redriveStatusReason: z.string().optional(),
  mapRuns: z.array(mapRun).optional(),
});

const action = z.strictObject({
  wait: z.number().optional(),
  untilClosed: z.literal(true).optional(),
  stop: z.strictObject(named).optional(),
  redrive: z.strictObject({ clientToken: z.string().optional() }).optional(),
  redriveItem: z.number().optional(),
  stopItem: z.number().optional(),
  startAgain: z.literal(true).optional(),
  succeed: z.strictObject({ ...call, output: json }).optional(),
  fail: z.strictObject({ ...call, ...named }).optional(),
  heartbeat: z.strictObject(call).optional(),
  update: definition.optional(),
  deny: z.string().optional(),
  allow: z.string().optional(),
  look: look.optional(),
  /** What the call is refused with. */
  refused: refusal.optional(),
});

const shape = z.strictObject({
  /** A sentence. */
  title: z.string().regex(/^\S.*[^.]$/),
  /** Page of AWS, and the fact in our words. */
  source: z.strictObject({ url: z.url(), fact: z.string() }),
  /** Machine of ours that leans on it, or `none yet: ` and why the case is kept. */
  machine: z.string(),
  /** Not from the page: the reading that is harder for our runbooks. */
  assumption: z.literal(true).optional(),
  /** A recording of AWS that settles what the page leaves open. */
  recording: z.string().optional(),
  definition,
  input: json.optional(),
  inputBytes: z.number().optional(),
  mocks: z.record(z.string(), z.array(answer)).optional(),
  operator: z.array(action).optional(),
  expect: z.union([
    /** The definition or the start is refused. */
    z.strictObject({ refused: refusal }),
    look.extend({
      /** Virtual seconds from the start to the last end. */
      seconds: z.number().optional(),
      events: z.number().optional(),
      history: z.array(line).optional(),
      /** Branches run side by side: what precedes what is compared, not the numbering. */
      sideBySide: z.literal(true).optional(),
      invocations: z.record(z.string(), z.array(json)).optional(),
      /** Statuses of the execution on the event bus. */
      published: z.array(z.string()).optional(),
    }),
  ]),
});

export type Case = z.infer<typeof shape>;
export type Action = z.infer<typeof action>;
export type Answer = z.infer<typeof answer>;
export type Line = z.infer<typeof line>;
export type Look = z.infer<typeof look>;

/** Reads one case, or says what is wrong with its shape. */
export function parseCase(name: string, text: string): Case {
  const parsed = shape.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Every case of the folder, by its file name below it. */
export function readCases(folder: string): [string, Case][] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  return files.map((file) => {
    const name = file.slice(0, -'.json'.length);
    return [name, parseCase(name, fs.readFileSync(path.join(folder, file), 'utf8'))];
  });
}

const TROUBLE = /"(error|refused|stop|stopItem|redrive|redriveItem)":|TimedOut|Failed|"never"/;

/** Whether a case is about failure or redrive: something goes wrong, or is tried again. */
export function isAboutTrouble({ mocks, operator, expect }: Case): boolean {
  return TROUBLE.test(JSON.stringify({ mocks, operator, expect }));
}
