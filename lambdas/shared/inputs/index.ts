// The schemas of all inputs, by the name of their machine. Pure values: constructs use them too.

import * as z from 'zod';
import { RefusedInputError } from '../errors';
import * as aspects from './aspects';
import * as clickstream from './clickstream';
import { RUN_ID } from './identifiers';
import type { InputKind } from './input-kind';
import { problemsOf } from './problems';
import * as rdw from './rdw';
import * as studentModuleHistory from './student-module-history';

/** Any object: for machines made of exported steps, which check their input themselves. */
const none: InputKind<unknown> = {
  schema: () =>
    z.looseObject({
      dryRun: z.boolean().default(false),
      continueRun: z.string().regex(RUN_ID, 'must be the id of a run').optional(),
    }),
  leases: () => [],
  example: () => ({ dryRun: true }),
};

export const INPUTS = {
  none,
  'clickstream-upgrade': clickstream.upgrade,
  'clickstream-console-update': clickstream.consoleUpdate,
  'clickstream-pipeline-upgrade': clickstream.pipelineUpgrade,
  'clickstream-ingestion-refresh': clickstream.ingestionRefresh,
  'clickstream-data-migration': clickstream.dataMigration,
  'clickstream-legacy-cleanup': clickstream.legacyCleanup,
  'rdw-backfill': rdw.backfill,
  'rdw-restore': rdw.restore,
  'student-module-history-migration': studentModuleHistory.migration,
  'student-module-history-removal': studentModuleHistory.removal,
  'aspects-upgrade': aspects.upgrade,
  'aspects-rollback': aspects.rollback,
} as const;

export type InputName = keyof typeof INPUTS;

/** A refused input is quoted in the error, and state data end at 256 KiB; this leaves room for both. */
export const LARGEST_INPUT_BYTES = 200 * 1024;

/** What a checked input means for its run. */
export interface CheckedInput {
  /** Complete with defaults. */
  readonly input: Record<string, unknown> & { dryRun: boolean; continueRun?: string };
  readonly leases: readonly string[];
}

/**
 * Checks the input of a machine.
 *
 * @param found problems that only the ledger could tell; refused with the rest
 * @throws RefusedInputError with all problems at once and a complete example
 */
export function checkInput(
  name: InputName,
  target: unknown,
  input: unknown,
  found: readonly string[] = [],
): CheckedInput {
  const kind = INPUTS[name] as InputKind<unknown>;
  const refuse = (problems: string[]) => new RefusedInputError(problems, kind.example(target));
  const bytes = Buffer.byteLength(JSON.stringify(input ?? null));
  if (bytes > LARGEST_INPUT_BYTES) {
    throw refuse([`the input has ${bytes} bytes, at most ${LARGEST_INPUT_BYTES} are read`]);
  }
  const parsed = kind.schema(target).safeParse(input);
  const problems = [...found, ...(parsed.success ? [] : problemsOf(parsed.error))];
  if (!parsed.success || problems.length > 0) throw refuse(problems);
  const complete = parsed.data as CheckedInput['input'];
  return { input: complete, leases: [...new Set(kind.leases(complete, target))].sort() };
}

/** Whether a run of this machine that was given up can be continued by a new one. */
export const mayContinueReleased = (name: InputName): boolean =>
  (INPUTS[name] as InputKind<unknown>).continueReleased ?? false;

/** Members that an execution which continues a run of this machine may give anew. */
export const tunableMembers = (name: InputName): readonly string[] =>
  (INPUTS[name] as InputKind<unknown>).tunable ?? [];
