// Every script that is sent to a host, by name: text in the bundles, like the files of SQL. A script for a unit
// says in its first line whether ending it in the middle is harmless.

import { HostCommandFailedError } from './errors';
import aspectsAlembicDowngrade from './host/scripts/aspects/alembic-downgrade.sh';
import aspectsBackupFiles from './host/scripts/aspects/backup-files.sh';
import aspectsBuildImages from './host/scripts/aspects/build-images.sh';
import aspectsCommon from './host/scripts/aspects/common.sh';
import aspectsContainers from './host/scripts/aspects/containers.sh';
import aspectsDatabases from './host/scripts/aspects/databases.sh';
import aspectsDbt from './host/scripts/aspects/dbt.sh';
import aspectsDiscover from './host/scripts/aspects/discover.sh';
import aspectsInit from './host/scripts/aspects/init.sh';
import aspectsInspectAlembicDowngrade from './host/scripts/aspects/inspect-alembic-downgrade.sh';
import aspectsInspectBackupFiles from './host/scripts/aspects/inspect-backup-files.sh';
import aspectsInspectBuildImages from './host/scripts/aspects/inspect-build-images.sh';
import aspectsInspectDbt from './host/scripts/aspects/inspect-dbt.sh';
import aspectsInspectInit from './host/scripts/aspects/inspect-init.sh';
import aspectsInspectInstallPlugin from './host/scripts/aspects/inspect-install-plugin.sh';
import aspectsInspectPushImages from './host/scripts/aspects/inspect-push-images.sh';
import aspectsInspectRecreateContainers from './host/scripts/aspects/inspect-recreate-containers.sh';
import aspectsInspectReplayTrackingLogs from './host/scripts/aspects/inspect-replay-tracking-logs.sh';
import aspectsInspectRestoreFiles from './host/scripts/aspects/inspect-restore-files.sh';
import aspectsInspectSaveConfig from './host/scripts/aspects/inspect-save-config.sh';
import aspectsInspectSmoke from './host/scripts/aspects/inspect-smoke.sh';
import aspectsInspectStartIngestion from './host/scripts/aspects/inspect-start-ingestion.sh';
import aspectsInspectStopIngestion from './host/scripts/aspects/inspect-stop-ingestion.sh';
import aspectsInstallPlugin from './host/scripts/aspects/install-plugin.sh';
import aspectsPushImages from './host/scripts/aspects/push-images.sh';
import aspectsRecreateContainers from './host/scripts/aspects/recreate-containers.sh';
import aspectsReplayTrackingLogs from './host/scripts/aspects/replay-tracking-logs.sh';
import aspectsRestoreFiles from './host/scripts/aspects/restore-files.sh';
import aspectsSaveConfig from './host/scripts/aspects/save-config.sh';
import aspectsSmoke from './host/scripts/aspects/smoke.sh';
import aspectsStartIngestion from './host/scripts/aspects/start-ingestion.sh';
import aspectsStopIngestion from './host/scripts/aspects/stop-ingestion.sh';
import unitLook from './host/scripts/unit/look.sh';
import unitPoll from './host/scripts/unit/poll.sh';
import unitPrelude from './host/scripts/unit/prelude.sh';
import unitRedact from './host/scripts/unit/redact.sh';
import unitRun from './host/scripts/unit/run.sh';
import unitSecrets from './host/scripts/unit/secrets.sh';
import unitStart from './host/scripts/unit/start.sh';
import unitState from './host/scripts/unit/state.sh';
import unitStop from './host/scripts/unit/stop.sh';
import unitUser from './host/scripts/unit/user.sh';

/** Parts of every command. */
const UNIT: Readonly<Record<string, string>> = {
  look: unitLook,
  poll: unitPoll,
  prelude: unitPrelude,
  redact: unitRedact,
  run: unitRun,
  secrets: unitSecrets,
  start: unitStart,
  state: unitState,
  stop: unitStop,
  user: unitUser,
};

/** What the scripts of a product have in front of their own text. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  aspects: [aspectsCommon, aspectsContainers, aspectsDatabases],
};

const SCRIPTS: Readonly<Record<string, string>> = {
  'aspects/alembic-downgrade': aspectsAlembicDowngrade,
  'aspects/backup-files': aspectsBackupFiles,
  'aspects/build-images': aspectsBuildImages,
  'aspects/dbt': aspectsDbt,
  'aspects/discover': aspectsDiscover,
  'aspects/init': aspectsInit,
  'aspects/inspect-alembic-downgrade': aspectsInspectAlembicDowngrade,
  'aspects/inspect-backup-files': aspectsInspectBackupFiles,
  'aspects/inspect-build-images': aspectsInspectBuildImages,
  'aspects/inspect-dbt': aspectsInspectDbt,
  'aspects/inspect-init': aspectsInspectInit,
  'aspects/inspect-install-plugin': aspectsInspectInstallPlugin,
  'aspects/inspect-push-images': aspectsInspectPushImages,
  'aspects/inspect-recreate-containers': aspectsInspectRecreateContainers,
  'aspects/inspect-replay-tracking-logs': aspectsInspectReplayTrackingLogs,
  'aspects/inspect-restore-files': aspectsInspectRestoreFiles,
  'aspects/inspect-save-config': aspectsInspectSaveConfig,
  'aspects/inspect-smoke': aspectsInspectSmoke,
  'aspects/inspect-start-ingestion': aspectsInspectStartIngestion,
  'aspects/inspect-stop-ingestion': aspectsInspectStopIngestion,
  'aspects/install-plugin': aspectsInstallPlugin,
  'aspects/push-images': aspectsPushImages,
  'aspects/recreate-containers': aspectsRecreateContainers,
  'aspects/replay-tracking-logs': aspectsReplayTrackingLogs,
  'aspects/restore-files': aspectsRestoreFiles,
  'aspects/save-config': aspectsSaveConfig,
  'aspects/smoke': aspectsSmoke,
  'aspects/start-ingestion': aspectsStartIngestion,
  'aspects/stop-ingestion': aspectsStopIngestion,
};

/** Names of all scripts that a step can name. */
export const HOST_SCRIPTS: readonly string[] = Object.keys(SCRIPTS);

/** A part of every command. */
export const unitScript = (name: string): string => UNIT[name]!.trimEnd();

/**
 * The script as the host gets it, with what it shares in front.
 *
 * @throws HostCommandFailedError when there is none of the name
 */
export function hostScript(name: string): string {
  const own = SCRIPTS[name];
  if (own === undefined) throw new HostCommandFailedError(`there is no script ${name}`);
  return [...(SHARED[name.split('/')[0]!] ?? []), own].map((text) => text.trimEnd()).join('\n\n');
}

/** Whether a unit with this script may be ended in the middle. */
export const mayBeKilled = (name: string): boolean => /^# Stop: kill$/m.test(SCRIPTS[name] ?? '');
