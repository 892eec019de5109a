// From what an upgrade has left in the ledger to the way back, or the reasons why there is none.

import type { BackupRecord } from '../shared/aspects/backup';
import type { HostFacts } from '../shared/aspects/host/facts';
import { type ImageFacts, imagesOf } from '../shared/aspects/path';
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

/** What is there now. */
export interface Present {
  readonly facts: HostFacts;
  /** Release of ClickHouse that runs; null: it did not say. */
  readonly server: string | null;
  /** Name of its cluster; null: one server. */
  readonly cluster: string | null;
}

/** Why there is no upgrade to take back; undefined: there is one, with its way and its backup. */
export function unknownUpgrade(
  upgradeOf: string,
  { run, path, backup }: UpgradeRecord,
): string | undefined {
  if (!run) return `the ledger knows no run ${upgradeOf}: upgradeOf names the run of an upgrade`;
  if (run.machine !== 'aspects-upgrade') {
    return `run ${upgradeOf} belongs to machine ${run.machine}, and no upgrade of Aspects`;
  }
  return path && backup
    ? undefined
    : `run ${upgradeOf} has no proven backup, so it has changed nothing: there is nothing to take back`;
}

/** Why that upgrade cannot be taken back; everything at once. */
export function problemsOf(path: KeptPath, { facts, server, cluster }: Present): string[] {
  const found: string[] = [];
  const [old] = endsOf(path);
  const ours = [path.from, ...path.hops.map(({ version }) => version)];
  if (!ours.includes(facts.aspects)) {
    found.push(
      `Aspects ${facts.aspects || 'none'} is installed, and that upgrade went through ${ours.join(', ')}: what came later is not taken back here; install one of these first, or name the later upgrade`,
    );
  }
  if (path.tutor !== undefined && majorOf(path.tutor) !== majorOf(facts.tutor)) {
    found.push(
      `Tutor is ${facts.tutor}, and was ${path.tutor} when that upgrade began: another Open edX is installed since, whose databases the old Aspects does not fit`,
    );
  }
  // What runs decides: a way that ends at 25.8 may have failed before that server was started.
  const now = minorOf(server ?? '');
  const then = minorOf(path.server ?? '') ?? old.clickhouse;
  if (now && isAtLeastMinor(now, NEW_PARTS) && !isAtLeastMinor(then, NEW_PARTS)) {
    found.push(
      `ClickHouse went from ${then} to ${now}, whose parts the older server cannot read: only volumes restored from a snapshot lead back`,
    );
  }
  if (cluster !== null) {
    found.push(
      `ClickHouse is a cluster (${cluster}), and this runbook drops and restores on one node only: by hand drop and restore the four databases ON CLUSTER ${cluster} from the backup, then Superset's database and config.yml, then install ${old.version} and initialise it`,
    );
  }
  const { RUN_MYSQL } = facts.settings;
  if (RUN_MYSQL !== undefined && RUN_MYSQL !== 'True') {
    found.push(
      "MySQL is not run by Tutor here (RUN_MYSQL), so that this runbook cannot bring Superset's database back: restore it, ClickHouse and config.yml by hand from that backup, then install the old version and initialise it",
    );
  }
  return found;
}

/** Release before the upgrade, and the newest one on its way. */
export const endsOf = ({ from, hops }: KeptPath): [Release, Release] => [
  releaseOf(from)!,
  releaseOf(hops.at(-1)!.version)!,
];

/** What is installed and built again. */
export function wayBack(path: KeptPath, tutor: string, images: ImageFacts) {
  const [old, now] = endsOf(path);
  return {
    version: old.version,
    from: now.version,
    tutor,
    dbt: old.dbt,
    alembic: old.alembic,
    downgradeTo: old.alembic === now.alembic ? null : old.alembic,
    images: imagesOf(now, old, images),
  };
}

/**
 * Revision to go down to; null: none. An upgrade that has failed before its initialisation has moved nothing, and
 * once an older plugin is there, its Alembic does not know the newer revision.
 *
 * @param there revision that ClickHouse has now
 */
export const downgradeOf = (
  { version, alembic, downgradeTo }: ReturnType<typeof wayBack>,
  { aspects }: Pick<HostFacts, 'aspects'>,
  there: string | null,
): string | null =>
  aspects === version || there === null || there === alembic ? null : downgradeTo;

/** The migrations go down in a job of the image; a cluster pulls it, and what its nodes have nobody sees from here. */
export function imageProblems({ images }: HostFacts, mode: string | undefined): string[] {
  const { tag, id } = images?.aspects ?? {};
  if (mode === 'k8s' || tag === undefined || id !== '') return [];
  return [
    `there is no image ${tag}, and the migrations are taken back in it: build it first, with the plugin as it is installed (tutor images build aspects)`,
  ];
}

const minorOf = (release: string) => /^\d+\.\d+/.exec(release)?.[0];

const isAtLeastMinor = (a: string, b: string) => isAtLeast(`${a}.0`, `${b}.0`);

/** What a person approves. */
export const questionOf = (
  { version, from }: { readonly version: string; readonly from: string },
  { id, folder, files, provenAt }: BackupRecord,
): string =>
  `Take Aspects back from ${from} to ${version}? ClickHouse is restored from backup ${id}, the database of Superset and config.yml from ${folder}/${files}, all of ${provenAt}. ` +
  'Everything that was written since is lost there, but for what tracking logs have. ' +
  'Learners and staff see no dashboards until the end';
