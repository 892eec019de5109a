// One look at the servers, and what a phase decides with: the run's record, and its patience.

import { iso } from '../shared/clock';
import { IngestionServersError } from '../shared/errors';
import { Changes } from '../shared/ingestion/changes';
import { readServers, type Servers } from '../shared/ingestion/servers';
import type { Sizes } from '../shared/ingestion/sizes';
import { runKey } from '../shared/ledger';
import { IngestionKind } from '../shared/quiesced/ingestion';
import { type QuiescedItem, quiescedKey } from '../shared/quiesced/record';
import type { Thing } from '../shared/quiesced/thing';
import type { Token } from '../shared/worker-token';
import type { RefreshDeps } from './core';
import type { RefreshIngestionPayload } from './payload';

/** How long nothing may get better before a person is asked. */
const PATIENCE_MS = 30 * 60_000;

/** The ledger's item about what a phase waits for. */
interface Waiting {
  readonly phase: string;
  readonly selfArn: string;
  readonly redriveCount: number;
  readonly waitsFor: string;
  /** The best so far; more is better. */
  readonly best: number;
  /** Since when it has not become better. */
  readonly since: string;
}

/** What the run has written down about the sizes. */
export type SizesItem = QuiescedItem & { readonly before: Sizes; readonly during: Sizes };

export class Round {
  static async look(
    payload: RefreshIngestionPayload,
    deps: RefreshDeps,
    token: Token,
  ): Promise<Round> {
    const { servers, region, runId } = payload;
    const seen = await readServers(deps.clients(region), servers);
    const { group: name, cluster, service } = servers;
    const thing: Thing = { kind: 'ingestion', name, region, to: { cluster, service } };
    const item = await deps.ledger.get<SizesItem>(quiescedKey(runId, thing));
    return new Round(payload, deps, token, thing, seen, item);
  }

  readonly kind: IngestionKind;
  readonly changes: Changes;

  private constructor(
    readonly payload: RefreshIngestionPayload,
    readonly deps: RefreshDeps,
    readonly token: Token,
    readonly thing: Thing,
    private readonly found: Servers | undefined,
    private readonly item: SizesItem | undefined,
  ) {
    this.kind = new IngestionKind(deps.clients);
    this.changes = new Changes(deps.clients(payload.region), payload.servers);
  }

  /** What is there. */
  get seen(): Servers {
    if (this.found) return this.found;
    const { group, service } = this.payload.servers;
    throw new IngestionServersError(
      `Auto Scaling group ${group} or ECS service ${service} does not exist in ${this.payload.region}: ` +
        'start a new execution, which finds the servers again',
    );
  }

  /** The record of this run, as long as the sizes are not given back. */
  get record(): SizesItem | undefined {
    return this.item?.restoredAt === undefined ? this.item : undefined;
  }

  /** The record; a phase behind the first is never without it. */
  get sizes(): SizesItem {
    if (this.item) return this.item;
    throw new IngestionServersError(
      `run ${this.payload.runId} has not written down the sizes of ${this.thing.name}: start a new execution`,
    );
  }

  /**
   * Says what is waited for, and gives up when it has not become better for half an hour.
   *
   * @param score more is better
   */
  async waits(score: number, waitsFor: string): Promise<undefined> {
    const { ledger, clock } = this.deps;
    const { runId, phase, selfArn, redriveCount } = this.payload;
    const key = runKey(runId, `ingestion#${this.thing.name}`);
    const old = await ledger.get<Waiting>(key);
    const same =
      old?.phase === phase && old.selfArn === selfArn && old.redriveCount === redriveCount;
    if (same && score <= old.best) {
      if (clock.now() - Date.parse(old.since) <= PATIENCE_MS) return undefined;
      throw new IngestionServersError(
        `for ${PATIENCE_MS / 60_000} minutes ${waitsFor}. No healthy task was taken away for it. ` +
          `Look at the events of service ${this.payload.servers.service} and at the activities of Auto Scaling group ` +
          `${this.thing.name}, repair what they name, then redrive`,
      );
    }
    const since = iso(clock.now());
    await ledger.put(key, { phase, selfArn, redriveCount, waitsFor, best: score, since });
    return undefined;
  }
}
