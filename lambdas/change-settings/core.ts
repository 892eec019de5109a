// Changes what steers a copy or a drain while it runs: it reads the item before each chunk.

import * as z from 'zod';
import type { LiveCopySettings } from '../copy-chunks/payload';
import { settingsKey } from '../shared/copy/settings';
import { RefusedInputError, TryAgainError } from '../shared/errors';
import { COPY_LIMITS } from '../shared/inputs/copy-throttle';
import { RUN_ID } from '../shared/inputs/identifiers';
import { problemsOf } from '../shared/inputs/problems';
import { type Ledger, runKey } from '../shared/ledger';
import type { RunItem } from '../shared/runs';
import type { ChangeSettingsPayload, ChangeSettingsResult } from './payload';

/** As the inputs of the machines have it. */
const schema = z
  .strictObject(COPY_LIMITS)
  .partial()
  .extend({
    run: z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e'),
    pause: z.boolean().optional(),
  })
  .refine(({ run: _, ...changes }) => Object.keys(changes).length > 0, {
    message: 'must change something, such as pause or niceRatio',
  });

const EXAMPLE = { run: 'run-20260131-0a1b2c3d4e', pause: false, niceRatio: 2 };

/** The ledger's item; what was set before and is not named stays. */
type SettingsItem = LiveCopySettings & { readonly version?: number; readonly by?: string };

/** Others may change settings at the same moment. */
const TRIES = 5;

export async function changeSettings(
  { input, selfArn }: ChangeSettingsPayload,
  { ledger }: { readonly ledger: Ledger },
): Promise<ChangeSettingsResult> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new RefusedInputError(problemsOf(parsed.error), EXAMPLE);
  const { run: runId, ...changes } = parsed.data;
  const run = await ledger.get<RunItem>(runKey(runId));
  if (!run) throw refuse(`the ledger knows no run ${runId}`);
  if (run.status !== 'open') throw refuse(`run ${runId} has ended: nothing of it runs`);
  for (let tries = 0; tries < TRIES; tries++) {
    const there = await ledger.get<SettingsItem>(settingsKey(runId));
    const { version = 0, by, ...old } = plain(there);
    const settings = { ...old, ...changes };
    checkTogether(run, settings);
    // The same execution once more, after a lost answer.
    if (by === selfArn) return { run: runId, settings: old };
    const next = { ...settings, version: version + 1, by: selfArn };
    const condition = there === undefined ? 'absent' : { version };
    if (await ledger.put(settingsKey(runId), next, condition)) return { run: runId, settings };
  }
  throw new TryAgainError(`settings of run ${runId} are changed by others right now`);
}

/** Without the keys of the table. */
function plain(item: SettingsItem = {}): SettingsItem {
  const { pk: _, sk: __, ...rest } = item as SettingsItem & { pk?: string; sk?: string };
  return rest;
}

/** What stops a copy must be more than what pauses it, whichever of them was set when. */
function checkTogether({ input }: RunItem, settings: LiveCopySettings): void {
  const { pauseThreads, abortThreads } = { ...(input as LiveCopySettings), ...settings };
  if (pauseThreads !== undefined && abortThreads !== undefined && abortThreads <= pauseThreads) {
    throw refuse(
      `abortThreads ${abortThreads} must be more than pauseThreads ${pauseThreads}, which are what counts for the run now`,
    );
  }
}

const refuse = (problem: string) => new RefusedInputError([problem], EXAMPLE);
