// What steers a copy: the settings of its input, and what was said since to the run that is under way.

import type { CopySettings, LiveCopySettings } from '../../copy-chunks/payload';
import { type Ledger, runKey } from '../ledger';

/** The ledger's item with the settings that were changed while a run copies. */
export const settingsKey = (runId: string) => runKey(runId, 'settings#copy');

const NAMES = [
  'chunkSeconds',
  'chunkMiB',
  'niceRatio',
  'maxLagSeconds',
  'pauseThreads',
  'abortThreads',
  'maxHistoryList',
  'maxCommitMs',
  'minFreeGiB',
] as const satisfies readonly (keyof CopySettings)[];

/** Read before each chunk. */
export async function currentSettings(
  ledger: Ledger,
  runId: string,
  given: CopySettings,
): Promise<CopySettings & { readonly pause: boolean }> {
  const live = (await ledger.get<LiveCopySettings>(settingsKey(runId))) ?? {};
  const changed = NAMES.filter((name) => live[name] !== undefined);
  return {
    ...given,
    ...Object.fromEntries(changed.map((name) => [name, live[name]])),
    pause: live.pause === true,
  };
}
