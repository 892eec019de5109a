// Inputs of the student-module-history runbook's machines.

import * as z from 'zod';
import { copyThrottle, stopsAfterPause } from './copy-throttle';
import { RUN_ID } from './identifiers';
import type { InputKind } from './input-kind';
import { notBoth, run } from './run-members';
import type { StudentModuleHistoryTarget } from './target';

/** What the schemas must know of the target. */
export interface HistoryInputTarget {
  readonly source: Pick<StudentModuleHistoryTarget['source'], 'database' | 'table'>;
  readonly target: Pick<StudentModuleHistoryTarget['target'], 'database' | 'table'>;
}

type Kind = InputKind<HistoryInputTarget>;

const runId = z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e');

/** Ranges that are copied or compared at a time. */
const workers = z.int().min(1).max(8).default(1);

const wholeName = ({ source: { database, table } }: HistoryInputTarget) => `${database}.${table}`;

/** Name of the lease of a new table. */
export const historyLease = ({ database, table }: HistoryInputTarget['target']): string =>
  `student-module-history.${database}.${table}`;

/** One run alone writes to the new table or deletes from the old one. */
const leases: Kind['leases'] = (_, { target }) => [historyLease(target)];

const migrationSchema = (target: HistoryInputTarget) =>
  z
    .strictObject({
      /** Typed, so that nobody starts it by accident. */
      table: z
        .string()
        .refine(
          (typed) => typed === target.source.table,
          `this stack copies ${target.source.table}: type that name`,
        ),
      /** The old table is written to while it is copied. */
      liveSource: z.boolean().default(false),
      /** Minutes without a row in the old table that prove that its writers are gone. */
      settleMinutes: z.number().min(1).max(1440).default(10),
      /** Ids left free above the old ones; null: worked out from the rate of writes. */
      offset: z.int().min(1).max(1_000_000_000).nullable().default(null),
      workers,
      ...copyThrottle,
      /** Which tables people read in the end: the new one, or both. */
      readFrom: z.enum(['target', 'both']).default('target'),
      /** Rows this young are looked at again in every pass: ids commit out of order. */
      rescanHours: z.number().min(1).max(720).default(24),
      /** Goes on from a checkpoint that is older than a week. */
      resumeStale: z.boolean().default(false),
      ...run,
    })
    .refine(stopsAfterPause.check, stopsAfterPause.params)
    .refine(({ resumeStale, continueRun }) => !resumeStale || continueRun !== undefined, {
      path: ['resumeStale'],
      message: 'confirms an old checkpoint, and needs continueRun',
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `student-module-history-migration`. */
export const migration: Kind = {
  schema: migrationSchema,
  leases,
  tunable: ['resumeStale', 'settleMinutes', 'readFrom', ...Object.keys(copyThrottle)],
  example: ({ source }) => ({
    table: source.table,
    liveSource: false,
    settleMinutes: 10,
    workers: 1,
    chunkSeconds: 0.5,
    chunkMiB: 16,
    niceRatio: 0.5,
    maxLagSeconds: 1.5,
    readFrom: 'target',
    dryRun: true,
  }),
};

const removalSchema = (target: HistoryInputTarget) =>
  z
    .strictObject({
      /** Run that copied the rows. */
      migrationOf: runId,
      /** Snapshot or dump of the old table, by the name somebody finds it under. */
      snapshotId: z
        .string()
        .regex(/^\S(.{0,254}\S)?$/, 'must name the snapshot that has the old rows'),
      /** Typed, whole. */
      confirm: z
        .string()
        .refine(
          (typed) => typed === wholeName(target),
          `this stack empties ${wholeName(target)}: type that name`,
        ),
      /** Key range by key range, or at once. */
      method: z.enum(['drain', 'truncate']),
      workers,
      ...copyThrottle,
      ...run,
    })
    .refine(stopsAfterPause.check, stopsAfterPause.params)
    .refine(notBoth.check, notBoth.params);

/** Input of `student-module-history-removal`. */
export const removal: Kind = {
  schema: removalSchema,
  leases,
  tunable: Object.keys(copyThrottle),
  example: (target) => ({
    migrationOf: 'run-20260131-0a1b2c3d4e',
    snapshotId: 'rds:edxapp-2026-02-01-03-00',
    confirm: wholeName(target),
    method: 'drain',
    dryRun: true,
  }),
};
