// The task over a scripted database and bucket.

import { extractSlices } from '../../../lambdas/extract-slices/core';
import type {
  ExtractSlicesPayload,
  ExtractSlicesResult,
} from '../../../lambdas/extract-slices/payload';
import { micros } from '../../../lambdas/extract-slices/window';
import { workOf } from '../../../lambdas/shared/rdw/tenant';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeBucket, FakeDatabase } from '../../support/fake-exports';
import { Interruption } from '../../support/interruptions';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, FakeStepFunctions, openedRun } from '../../support/runs';

export const BUCKET = 'archive';
export const START = '2020-01-01 00:00:00.000000';
export const HIGH = '2020-03-31 00:00:00.000000';

export class Harness {
  readonly memory = new MemoryLedger();
  readonly sfn = new FakeStepFunctions();
  readonly bucket = new FakeBucket();
  readonly database = new FakeDatabase(this.bucket, BUCKET);
  change: Partial<ExtractSlicesPayload> = {};
  private opened?: RunItem;
  private requests = 0;

  constructor() {
    const from = micros(START);
    const span = micros(HIGH) - from;
    // On both ends, on borders, and in between.
    this.database.rows = Array.from({ length: 91 }, (_, i) => from + Math.floor((span * i) / 90));
    this.database.nulls = [from, from + span, from + span + 1];
  }

  get run(): RunItem {
    return this.opened!;
  }

  get folder(): string {
    return `pa/MigrateAdHoc/${this.run.runId}/PA/extract`;
  }

  async open(): Promise<void> {
    this.opened ??= await openedRun(this.memory.ledger);
  }

  async invoke(minutes = 15): Promise<ExtractSlicesResult> {
    await this.open();
    const { clock } = this.database;
    const end = clock.now() + minutes * 60_000;
    const tenant = workOf(
      {
        id: 'PA',
        warehouseSchema: 'warehouse_pa',
        migrateSchema: 'migrate_olap_pa',
        reportingSchema: 'reporting_pa',
        bucket: BUCKET,
        location: 'pa/MigrateAdHoc',
        secretArn: null,
        altScores: true,
      },
      this.run.runId,
      [7, 8],
    );
    return extractSlices(
      {
        ...callerOf(this.run),
        source: { host: 'h', port: 3306, secretArn: 's', user: null, region: 'eu-west-1' },
        tenant,
        start: START,
        high: HIGH,
        sliceDays: 30,
        sliceMinutes: 5,
        ...this.change,
      },
      {
        ledger: this.memory.ledger,
        sfn: this.sfn.client,
        clock,
        objects: this.bucket,
        server: this.database.connect(),
      },
      {
        requestId: `request-${++this.requests}`,
        remainingMs: () => end - clock.now(),
      },
    );
  }

  /** Calls as the state machine does. */
  async finish(): Promise<ExtractSlicesResult> {
    for (let turns = 0; turns < 100; turns++) {
      const result = await this.invoke();
      if (result.status === 'done') return result;
    }
    throw new Error('not done after 100 turns');
  }

  /** Kills the nth change, or counts them. */
  interrupt(nth = 0, place: 'before' | 'after' = 'before'): Interruption {
    return new Interruption(nth, place).on(this.memory, this.bucket, this.database);
  }

  /** What COPY would load. */
  loaded(): number[] {
    const { entries } = JSON.parse(this.bucket.files.get(`${this.folder}/manifest`)!) as {
      entries: { url: string }[];
    };
    const texts = entries.map(
      ({ url }) => this.bucket.files.get(url.replace(`s3://${BUCKET}/`, ''))!,
    );
    return texts.join('').split('\n').filter(Boolean).map(Number);
  }

  /** Everything in the bucket but ids of runs and numbers of attempts. */
  stored(): string[] {
    const keys = [...this.bucket.files.keys()].map((key) => key.slice(this.folder.length + 1));
    return keys.map((key) => key.replace(/\/a\d+\//, '/a/')).sort();
  }

  /** Items of the ledger below a prefix. */
  async items<T extends object>(prefix: string): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this.memory.list<T>(this.run.runId, prefix)) found.push(item);
    return found;
  }
}
