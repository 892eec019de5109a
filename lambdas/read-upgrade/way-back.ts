// From what an upgrade has left in the ledger to the way back, or the reasons why there is none.

import type { BackupRecord } from '../shared/aspects/backup';
import { imagesOf } from '../shared/aspects/path';
import type { KeptPath } from '../shared/aspects/path/kept';
import { isAtLeast, majorOf, type Release, releaseOf } from '../shared/aspects/versions';
import type { RunItem } from '../shared/runs';

/** Parts that servers from here on write cannot be read by older ones. */
const NEW_PARTS = '25.8';

/** What is known of the upgrade. */
export interface UpgradeRecord {
  readonly run: RunItem | undefined;
  readonly path: KeptPath | undefined;
  /** Both parts, proven. */
  readonly backup: BackupRecord | undefined;
}

/** Why that upgrade cannot be taken back; everything at once. */
export function problemsOf(upgradeOf: string, { run, path, backup }: UpgradeRecord): string[] {
  if (!run) return [`the ledger knows no run ${upgradeOf}: upgradeOf names the run of an upgrade`];
  if (run.machine !== 'aspects-upgrade') {
    return [`run ${upgradeOf} belongs to machine ${run.machine}, and no upgrade of Aspects`];
  }
  if (!path || !backup) {
    return [
      `run ${upgradeOf} has no proven backup, so it has changed nothing: there is nothing to take back`,
    ];
  }
  const [old, now] = endsOf(path);
  if (isAtLeastMinor(now.clickhouse, NEW_PARTS) && !isAtLeastMinor(old.clickhouse, NEW_PARTS)) {
    return [
      `ClickHouse went from ${old.clickhouse} to ${now.clickhouse}, whose parts the older server cannot read: only volumes restored from a snapshot lead back`,
    ];
  }
  return [];
}

/** Release before the upgrade, and the newest one on its way. */
export const endsOf = ({ from, hops }: KeptPath): [Release, Release] => [
  releaseOf(from)!,
  releaseOf(hops.at(-1)!.version)!,
];

/** What is installed and built again. */
export function wayBack(path: KeptPath, tutor: string, inContextMetrics: boolean) {
  const [old, now] = endsOf(path);
  return {
    version: old.version,
    from: now.version,
    tutor,
    mfe: old.mfeAtLeast === null ? null : majorOf(tutor),
    dbt: old.dbt,
    alembic: old.alembic,
    downgradeTo: old.alembic === now.alembic ? null : old.alembic,
    images: imagesOf(now, old, { inContextMetrics }),
  };
}

const isAtLeastMinor = (a: string, b: string) => isAtLeast(`${a}.0`, `${b}.0`);

/** What a person approves. */
export const questionOf = (
  { version, from }: { readonly version: string; readonly from: string },
  { id, folder, files, provenAt }: BackupRecord,
): string =>
  `Take Aspects back from ${from} to ${version}? ClickHouse is restored from backup ${id}, the database of Superset and config.yml from ${folder}/${files}, all of ${provenAt}. ` +
  'Everything that was written since is lost there, but for what tracking logs have. ' +
  'Learners and staff see no dashboards until the end';
