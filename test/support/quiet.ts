// Rules and a workgroup as their services show them, and a run that holds them still.

import { quiesce } from '../../lambdas/quiesce/core';
import { releaseRun } from '../../lambdas/release-run/core';
import { restoreQuiesced } from '../../lambdas/restore-quiesced/core';
import { type Ledger, runKey } from '../../lambdas/shared/ledger';
import { CapacityKind } from '../../lambdas/shared/quiesced/capacity';
import { type QuiescedItem, quiescedKey } from '../../lambdas/shared/quiesced/record';
import { RuleKind } from '../../lambdas/shared/quiesced/rule';
import type { QuiescedKinds, Thing } from '../../lambdas/shared/quiesced/thing';
import type { RunItem } from '../../lambdas/shared/runs';
import { FakeClock } from './fake-warehouse';
import { callerOf, FakeStepFunctions, FakeStore, openedRun, serviceError } from './runs';

export const REGION = 'eu-west-1';
export const RULE: Thing = { kind: 'rule', name: 'submitter', region: REGION };
export const SYNC: Thing = { kind: 'rule', name: 'syncer', region: REGION };
export const MORE: Thing = { kind: 'capacity', name: 'shop', region: REGION, to: 128 };

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

/** A client whose calls are answered, counted, and interrupted by the test. */
class FakeClient {
  readonly calls: string[] = [];
  /** Called before and after each call that changes something; throwing after it means a lost answer. */
  before: (call: string) => void = () => undefined;
  after: (call: string) => void = () => undefined;
  /** Errors the next calls of an operation throw. */
  readonly fail: Record<string, Error[]> = {};

  constructor(private readonly answer: (call: string, input: Record<string, unknown>) => object) {}

  readonly send = async (command: Command): Promise<object> => {
    const { input } = command;
    const call = command.constructor.name.replace('Command', '');
    const error = this.fail[call]?.shift();
    if (error) throw error;
    const changes = !/^(Describe|Get|List|Query)/.test(call);
    this.calls.push(call);
    if (changes) this.before(call);
    const result = this.answer(call, input);
    if (changes) this.after(call);
    return result;
  };
}

/** EventBridge with rules by name. */
export class FakeRules extends FakeClient {
  readonly states = new Map<string, string>();

  constructor() {
    super((call, { Name }) => {
      const name = String(Name);
      if (!this.states.has(name)) throw serviceError('ResourceNotFoundException');
      if (call !== 'DescribeRule')
        this.states.set(name, call === 'EnableRule' ? 'ENABLED' : 'DISABLED');
      return { State: this.states.get(name) };
    });
  }
}

/** Redshift Serverless with one workgroup, which takes a while to change. */
export class FakeWorkgroup extends FakeClient {
  baseCapacity: number | undefined = 64;
  exists = true;
  /** Looks that still show it being changed. */
  modifying = 0;

  constructor() {
    super((call, input) => {
      if (!this.exists) throw serviceError('ResourceNotFoundException');
      if (call === 'UpdateWorkgroup') {
        if (this.modifying > 0) throw serviceError('ConflictException');
        this.baseCapacity = Number(input.baseCapacity);
        this.modifying = 3;
        return {};
      }
      const status = this.modifying > 0 ? 'MODIFYING' : 'AVAILABLE';
      this.modifying = Math.max(0, this.modifying - 1);
      return { workgroup: { baseCapacity: this.baseCapacity, status } };
    });
  }
}

/** A run, its tasks and what they hold still. */
export class QuietHarness {
  readonly clock = new FakeClock();
  readonly sfn = new FakeStepFunctions();
  readonly rules = new FakeRules();
  readonly workgroup = new FakeWorkgroup();
  readonly files = new FakeStore();
  readonly regions: string[] = [];
  readonly kinds: QuiescedKinds = {
    rule: new RuleKind((region) => this.at(region, this.rules)),
    capacity: new CapacityKind((region) => this.at(region, this.workgroup)),
  } as unknown as QuiescedKinds;
  run!: RunItem;
  private invocations = 0;

  constructor(readonly ledger: Ledger) {
    this.rules.states.set('submitter', 'ENABLED').set('syncer', 'ENABLED');
  }

  async open(): Promise<this> {
    this.run = await openedRun(this.ledger);
    return this;
  }

  get deps() {
    const { ledger, clock, kinds } = this;
    return { ledger, clock, kinds, sfn: this.sfn.client };
  }

  get caller() {
    return callerOf(this.run);
  }

  /** A new invocation; without `remainingMs` it has a quarter of an hour. */
  invocation(remainingMs = 900_000) {
    this.invocations += 1;
    const end = this.clock.now() + remainingMs;
    return { requestId: `worker-${this.invocations}`, remainingMs: () => end - this.clock.now() };
  }

  quiesce(things: readonly Thing[] = [RULE, MORE], remainingMs?: number) {
    return quiesce({ ...this.caller, things }, this.deps, this.invocation(remainingMs));
  }

  restore(remainingMs?: number) {
    return restoreQuiesced(this.caller, this.deps, this.invocation(remainingMs));
  }

  release() {
    this.sfn.statuses[this.run.executionArn] = 'FAILED';
    return releaseRun(
      { version: 1, selfArn: 'arn', input: { run: this.run.runId } },
      {
        ...this.deps,
        store: this.files.store,
        cloudFormation: () => undefined as never,
        stop: async () => 'nothing',
        stopReadings: async () => undefined,
      },
    );
  }

  item(thing: Thing): Promise<QuiescedItem | undefined> {
    return this.ledger.get(quiescedKey(this.run.runId, thing));
  }

  get<T extends object>(sk: string): Promise<T | undefined> {
    return this.ledger.get<T>(runKey(this.run.runId, sk));
  }

  async notes(): Promise<string[]> {
    const notes: string[] = [];
    for await (const { text } of this.ledger.list<{ text: string }>(this.run.runId, 'note#'))
      notes.push(text);
    return notes;
  }

  private at<C>(region: string, client: C): C {
    this.regions.push(region);
    return client;
  }
}
