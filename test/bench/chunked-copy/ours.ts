// The step's own core, as its task calls it, on the ledger of the tests.

import './sql-loader';
import type { Connection } from 'mysql2/promise';
import { copyChunks } from '../../../lambdas/copy-chunks/core';
import type { CopyChunksPayload } from '../../../lambdas/copy-chunks/payload';
import { TableSide } from '../../../lambdas/shared/copy/table';
import { COPY_DEFAULTS } from '../../support/copy-settings';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, FakeStepFunctions, openedRun } from '../../support/runs';
import { type Database, LIVE, SOURCE, TARGET } from './database';

export interface Way {
  readonly workers: number;
  readonly niceRatio: number;
  /** False: rows are believed as they are written; the product knows no such switch. */
  readonly verified: boolean;
  /** Rows travel through the task, as between two servers. */
  readonly travel?: boolean;
}

const KINDS = {
  version: 'text',
  created: 'datetime',
  state: 'text',
  grade: 'double',
  max_grade: 'double',
  student_module_id: 'integer',
} as const;

/** A copy that can be killed and started again. */
export class Ours {
  private readonly memory = new MemoryLedger();
  private readonly open = new Set<Connection>();
  private killed = false;
  private run?: Awaited<ReturnType<typeof openedRun>>;

  constructor(
    private readonly database: Database,
    private readonly way: Way,
  ) {}

  async copy(): Promise<void> {
    this.killed = false;
    const { workers } = this.way;
    const believed = this.way.verified ? () => {} : believe();
    try {
      this.run ??= await openedRun(this.memory.ledger);
      const caller = callerOf(this.run);
      await Promise.all(
        Array.from({ length: workers }, async (_, i) => {
          const payload = this.payload(caller, i);
          for (let status = 'running'; status === 'running'; ) {
            ({ status } = await copyChunks(payload, this.deps(), {
              requestId: `worker-${i}`,
              remainingMs: () => 900_000,
            }));
          }
        }),
      );
    } finally {
      believed();
    }
  }

  kill(): void {
    this.killed = true;
    for (const connection of this.open) connection.destroy();
    this.open.clear();
  }

  private deps() {
    const connect = async () => {
      if (this.killed) throw new Error('killed');
      const connection = await this.database.connect();
      this.open.add(connection);
      return connection;
    };
    return {
      ledger: this.memory.ledger,
      sfn: new FakeStepFunctions().client,
      clock: {
        now: () => Date.now(),
        sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
      },
      connect,
      connectReplica: connect,
      freeGiB: async () => undefined,
    };
  }

  private payload(caller: ReturnType<typeof callerOf>, i: number): CopyChunksPayload {
    const { rows } = this.database;
    const { workers, niceRatio, travel } = this.way;
    const ref = { host: '', port: 0, secretArn: null, user: null, region: '' };
    const place = (name: string) => ({
      ...ref,
      database: name.split('.')[0]!,
      table: name.split('.')[1]!,
    });
    return {
      ...caller,
      phase: 'copy',
      source: place(SOURCE),
      target: place(TARGET),
      key: { source: 'id', target: 'id' },
      columns: Object.entries(KINDS).map(([name, kind]) => ({
        source: name,
        target: name,
        kind,
        nullable: true,
      })),
      range: {
        name: `range-${i + 1}`,
        lo: String(Math.floor((rows * i) / workers) + 1),
        hi: String(Math.floor((rows * (i + 1)) / workers)),
      },
      cut: String(LIVE),
      sameServer: !travel,
      settings: { ...COPY_DEFAULTS, niceRatio },
      replicas: [],
      dbInstanceIdentifier: null,
    };
  }
}

/** Takes the target's word for what the source has; returns what undoes it. */
function believe(): () => void {
  const { fingerprint, lookAhead } = TableSide.prototype;
  const seen = new Map<bigint, Awaited<ReturnType<typeof lookAhead>>['print']>();
  TableSide.prototype.lookAhead = async function (...args) {
    const window = await lookAhead.apply(this, args);
    seen.set(window.to, window.print);
    return window;
  };
  TableSide.prototype.fingerprint = async ({ to }) => seen.get(to)!;
  return () => Object.assign(TableSide.prototype, { fingerprint, lookAhead });
}
