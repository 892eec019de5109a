// The child executions of a Map Run. Those that succeeded go to the spill file, and a few bytes of
// each stay here; a redrive needs the others, so they stay whole.
import { randomUUID } from 'node:crypto';
import { describeExecution, type ExecutionDescription } from './descriptions';
import type { Execution, ExecutionStatus } from './execution';
import type { HistoryEvent } from './history';
import { LIMIT_BYTES, type Payload } from './payload';
import { isRedrivable } from './redrive';
import type { World } from './world';

/** Texts of a record. */
const PARTS = ['output', 'description', 'events'] as const;

/** One child in a list. */
export interface Entry {
  readonly number: number;
  readonly status: ExecutionStatus;
  readonly redriveCount: number;
  describe(): ExecutionDescription;
}

/** All of a child's name but the number of its item. */
export const groupOf = (name: string): string => name.slice(0, 24);

export function entryOf(execution: Execution): Entry {
  const { number, status, redriveCount } = execution;
  return { number, status, redriveCount, describe: () => describeExecution(execution) };
}

const COUNTED: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
  PENDING_REDRIVE: 'pendingRedrive',
};

export class Children {
  /** Children that were started and are not in the file, by the number of their item. */
  readonly open = new Map<number, Execution>();
  /** Child names are UUIDs whose last group is the number of the item: no index is needed. */
  private readonly group = groupOf(randomUUID());
  /** Where the record of a child stands, plus one. */
  private readonly places: Float64Array;
  private readonly numbers: Uint32Array;
  private readonly redrives: Uint16Array;
  private closed = 0;
  private outputBytes = 0;

  constructor(
    private readonly world: World,
    readonly size: number,
  ) {
    this.places = new Float64Array(size);
    this.numbers = new Uint32Array(size);
    this.redrives = new Uint16Array(size);
  }

  nameOf(index: number): string {
    return this.group + index.toString(16).padStart(12, '0');
  }

  /** Number of the item whose child, now in the file, has this name. */
  find(name: string): number | undefined {
    const index = Number.parseInt(name.slice(this.group.length), 16);
    return this.isDone(index) && this.nameOf(index) === name ? index : undefined;
  }

  /** Items whose child did not succeed, started or not. */
  unsuccessful(): number[] {
    return [...this.places.keys()].filter((index) => !this.isDone(index));
  }

  /** Puts a child that succeeded out of memory. */
  putAway(index: number, execution: Execution): void {
    const output = execution.outcome.output!.text;
    const { events, number, redriveCount } = execution;
    const texts = [output, describeExecution(execution), events];
    const record = texts.map((text) => (typeof text === 'string' ? text : JSON.stringify(text)));
    this.places[index] = this.world.spill.append(record) + 1;
    this.numbers[index] = number;
    this.redrives[index] = redriveCount;
    this.closed += 1;
    this.outputBytes += Buffer.byteLength(output) + 1;
    this.open.delete(index);
    this.world.forget(execution);
    execution.release();
  }

  description(index: number): ExecutionDescription {
    return JSON.parse(this.text(index, 'description'));
  }

  events(index: number): HistoryEvent[] {
    return JSON.parse(this.text(index, 'events'));
  }

  /** Whether the outputs are small enough to be one result, and so to come into memory again. */
  get fit(): boolean {
    return this.outputBytes + 1 <= LIMIT_BYTES;
  }

  /** Outputs of the children that succeeded, in the order of the items. */
  outputs(): Payload[] {
    const outputs: Payload[] = [];
    for (const index of this.places.keys()) {
      if (!this.isDone(index)) continue;
      const text = this.text(index, 'output');
      outputs.push({ text, value: JSON.parse(text) });
    }
    return outputs;
  }

  entries(): Entry[] {
    const entries = [...this.open.values()].map((execution) => entryOf(execution));
    for (const index of this.places.keys()) {
      if (!this.isDone(index)) continue;
      entries.push({
        number: this.numbers[index]!,
        status: 'SUCCEEDED',
        redriveCount: this.redrives[index]!,
        describe: () => this.description(index),
      });
    }
    return entries;
  }

  /** The counters of DescribeMapRun; all but `failuresNotRedrivable`, which tells of some again, add up to the total. */
  counts(): Record<string, number> {
    const names = ['pending', 'resultsWritten', 'failuresNotRedrivable', ...Object.values(COUNTED)];
    const counts: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
    for (const execution of this.open.values()) {
      counts[COUNTED[execution.status]]! += 1;
      const unsuccessful = ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(execution.status);
      if (unsuccessful && !isRedrivable(execution)) counts.failuresNotRedrivable! += 1;
    }
    counts.succeeded! += this.closed;
    counts.pending = this.size - this.closed - this.open.size;
    counts.total = this.size;
    return counts;
  }

  private isDone(index: number): boolean {
    return (this.places[index] ?? 0) > 0;
  }

  private text(index: number, part: (typeof PARTS)[number]): string {
    const { spill } = this.world;
    return spill.read(this.places[index]! - 1, PARTS.length, PARTS.indexOf(part));
  }
}
