// What is deleted: folders of one run, and nothing that is not below a folder with the run's own name.

import * as z from 'zod';
import { RefusedInputError } from '../shared/errors';
import { RUN_ID } from '../shared/inputs/identifiers';
import { problemsOf } from '../shared/inputs/problems';

/** Everything below a folder of a bucket: `pa/MigrateAdHoc/run-…`, without slashes at its ends. */
export interface ObjectFolder {
  readonly bucket: string;
  readonly folder: string;
}

const EXAMPLE = {
  run: 'run-20260131-0a1b2c3d4e',
  at: '2026-02-07T09:00:00Z',
  folders: [{ bucket: 'archive', folder: 'pa/MigrateAdHoc/run-20260131-0a1b2c3d4e' }],
};

const folder = z.strictObject({
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
  folder: z
    .string()
    .max(800)
    .regex(
      /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
      'must be parts of a key, joined by /',
    ),
});

const folders = z.array(folder).min(1).max(1_000);

const schema = z
  .strictObject({
    run: z.string().regex(RUN_ID, 'must be the id of a run'),
    /** When the objects may go. */
    at: z.iso.datetime({ message: 'must be an instant in UTC such as 2026-02-07T09:00:00Z' }),
    folders,
  })
  .superRefine(({ run, folders: all }, context) => {
    for (const message of foreign(run, all)) {
      context.addIssue({ code: 'custom', path: ['folders'], message });
    }
  });

/** Input of the machine that waits until the objects may go. */
export type ExpiryInput = z.infer<typeof schema>;

/** The input of an execution, or RefusedInputError with all that is wrong with it. */
export function expiryInput(input: unknown): ExpiryInput {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new RefusedInputError(problemsOf(parsed.error), EXAMPLE);
}

/** Refuses folders that are not this run's own. */
export function checkFolders(run: string, value: unknown): ObjectFolder[] {
  const parsed = folders.safeParse(value);
  const problems = parsed.success ? foreign(run, parsed.data) : problemsOf(parsed.error);
  if (!parsed.success || problems.length > 0) {
    throw new RefusedInputError(problems, EXAMPLE.folders);
  }
  return parsed.data;
}

/** Only a folder with the run's name in its path has nothing of anybody else below it. */
const foreign = (run: string, all: readonly ObjectFolder[]): string[] =>
  all
    .filter((one) => !one.folder.split('/').includes(run))
    .map((one) => `${one.folder} is no folder of ${run}: nothing below it is deleted`);
