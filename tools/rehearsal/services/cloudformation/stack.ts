// A stack: what it is, the stacks nested in it, and what becomes of it in the course of time.

import { randomUUID } from 'node:crypto';
import { type Clock, ServiceError } from '../../types';
import type { ChangeSet } from './change-sets';
import type { ResourceData, StackContents } from './data';
import { eventOf } from './descriptions';
import { generatedName } from './names';
import type { Step } from './steps';

/** A resource of a stack. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: string;
  readonly at: number;
  readonly nested?: Stack;
}

export const STACK = 'AWS::CloudFormation::Stack';

/** One stack; see the head of the file. */
export class Stack {
  description: string;
  values: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  outputs: Readonly<Record<string, string>>;
  resources: readonly Resource[] = [];
  roleArn: string | undefined;
  /** Token of the update that runs or ran last. */
  token?: string;
  readonly sets = new Map<string, ChangeSet>();
  readonly events: Record<string, unknown>[] = [];
  readonly created: number;

  constructor(
    private readonly clock: Clock,
    readonly name: string,
    readonly arn: string,
    contents: StackContents,
    public status = 'CREATE_COMPLETE',
    readonly parent?: Stack,
  ) {
    this.created = clock.now();
    this.description = contents.description ?? '';
    this.values = { ...contents.parameters };
    this.tags = { ...contents.tags };
    this.outputs = { ...contents.outputs };
    this.put(contents, 'CREATE_COMPLETE');
  }

  get region(): string {
    return this.arn.split(':')[3]!;
  }

  /** Itself and all that are nested in it. */
  get family(): readonly Stack[] {
    return [this, ...this.resources.flatMap(({ nested }) => nested?.family ?? [])];
  }

  /** Throws while it is being changed. */
  refuseBusy(): void {
    if (!this.status.endsWith('_IN_PROGRESS')) return;
    const message = `Stack:${this.arn} is in ${this.status} state and can not be updated.`;
    throw new ServiceError('ValidationError', message);
  }

  /** Takes what is given of its contents; what is not given stays as it is. */
  put(contents: StackContents, status = 'UPDATE_COMPLETE'): void {
    const { description, parameters, tags, outputs, resources } = contents;
    this.description = description ?? this.description;
    this.values = parameters ?? this.values;
    this.outputs = outputs ?? this.outputs;
    this.resources = resources?.map((data) => this.made(data, status)) ?? this.resources;
    if (tags) for (const one of this.family) one.tags = { ...tags };
  }

  /** Goes through steps, in their time; resolves with the last status. */
  play(steps: readonly Step[]): Promise<string> {
    const start = this.clock.now();
    return new Promise((resolve) => {
      for (const step of steps) {
        const happen = () => {
          this.take(step);
          if (step === steps.at(-1)) resolve(step.status);
        };
        if (step.after === 0) happen();
        else this.clock.at(start + step.after * 1000, happen, 'background');
      }
    });
  }

  private take({ status, failed, effect }: Step): void {
    effect?.();
    this.events.push(eventOf(this, this.clock.now(), status, failed));
    if (failed) return;
    this.status = status;
    // The root stack cleans up for all of them.
    const theirs = status.replace('COMPLETE_CLEANUP_IN_PROGRESS', 'COMPLETE');
    for (const { nested } of this.resources) {
      if (nested && nested.status !== theirs) nested.take({ after: 0, status: theirs });
    }
  }

  private made(data: ResourceData, status: string): Resource {
    const { logicalId, type, physicalId } = data;
    const own = { logicalId, type, status: data.status ?? status, at: this.clock.now() };
    const known = this.resources.find((one) => one.logicalId === logicalId);
    const id = physicalId ?? known?.physicalId ?? generatedName(this.name, logicalId);
    if (type !== STACK) return { ...own, physicalId: id };
    known?.nested?.put({ ...data, tags: this.tags }, status);
    const nested = known?.nested ?? this.nest(id, data);
    return { ...own, physicalId: nested.arn, nested };
  }

  private nest(name: string, data: ResourceData): Stack {
    const arn = this.arn.replace(/stack\/.*/, `stack/${name}/${randomUUID()}`);
    return new Stack(this.clock, name, arn, { ...data, tags: this.tags }, data.status, this);
  }
}
