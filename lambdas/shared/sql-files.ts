// The SQL files a task may run, by name, as text in its bundle. A released file is never edited;
// its hash stands in the ledger of every run that used it.

import { createHash } from 'node:crypto';
import aspectsAlembicVersion from '../../sql/aspects/alembic-version.sql';
import aspectsAskDictionary from '../../sql/aspects/ask-dictionary.sql';
import aspectsBackUpToDisk from '../../sql/aspects/back-up-to-disk.sql';
import aspectsBackUpToS3 from '../../sql/aspects/back-up-to-s3.sql';
import aspectsBackupMade from '../../sql/aspects/backup-made.sql';
import aspectsBackupStatus from '../../sql/aspects/backup-status.sql';
import aspectsColumns from '../../sql/aspects/columns.sql';
import aspectsCompareByLearner from '../../sql/aspects/compare-by-learner.sql';
import aspectsCompareByTime from '../../sql/aspects/compare-by-time.sql';
import aspectsCompareDictionaries from '../../sql/aspects/compare-dictionaries.sql';
import aspectsCompareKeys from '../../sql/aspects/compare-keys.sql';
import aspectsCompareSums from '../../sql/aspects/compare-sums.sql';
import aspectsCopiedRevision from '../../sql/aspects/copied-revision.sql';
import aspectsCreateCheckDatabase from '../../sql/aspects/create-check-database.sql';
import aspectsCreatePlaceholder from '../../sql/aspects/create-placeholder.sql';
import aspectsDdlQueue from '../../sql/aspects/ddl-queue.sql';
import aspectsDependants from '../../sql/aspects/dependants.sql';
import aspectsDictionary from '../../sql/aspects/dictionary.sql';
import aspectsDiskNamed from '../../sql/aspects/disk-named.sql';
import aspectsDisks from '../../sql/aspects/disks.sql';
import aspectsDropCheckDatabase from '../../sql/aspects/drop-check-database.sql';
import aspectsDropDatabase from '../../sql/aspects/drop-database.sql';
import aspectsDropDictionary from '../../sql/aspects/drop-dictionary.sql';
import aspectsDropDictionaryOnCluster from '../../sql/aspects/drop-dictionary-on-cluster.sql';
import aspectsDropTable from '../../sql/aspects/drop-table.sql';
import aspectsDropTableOnCluster from '../../sql/aspects/drop-table-on-cluster.sql';
import aspectsDropView from '../../sql/aspects/drop-view.sql';
import aspectsDropViewOnCluster from '../../sql/aspects/drop-view-on-cluster.sql';
import aspectsExplain from '../../sql/aspects/explain.sql';
import aspectsExposedByLearner from '../../sql/aspects/exposed-by-learner.sql';
import aspectsExposedByTime from '../../sql/aspects/exposed-by-time.sql';
import aspectsFunctions from '../../sql/aspects/functions.sql';
import aspectsLastEvent from '../../sql/aspects/last-event.sql';
import aspectsManifest from '../../sql/aspects/manifest.sql';
import aspectsManifestModels from '../../sql/aspects/manifest-models.sql';
import aspectsMutations from '../../sql/aspects/mutations.sql';
import aspectsPartPressure from '../../sql/aspects/part-pressure.sql';
import aspectsReachingOut from '../../sql/aspects/reaching-out.sql';
import aspectsReadView from '../../sql/aspects/read-view.sql';
import aspectsReadWatchedVideo from '../../sql/aspects/read-watched-video.sql';
import aspectsRelations from '../../sql/aspects/relations.sql';
import aspectsRelationsOfNodes from '../../sql/aspects/relations-of-nodes.sql';
import aspectsReplication from '../../sql/aspects/replication.sql';
import aspectsRestoreFromDisk from '../../sql/aspects/restore-from-disk.sql';
import aspectsRestoreFromS3 from '../../sql/aspects/restore-from-s3.sql';
import aspectsRestoreStructureFromDisk from '../../sql/aspects/restore-structure-from-disk.sql';
import aspectsRestoreStructureFromS3 from '../../sql/aspects/restore-structure-from-s3.sql';
import aspectsRestoreTableFromDisk from '../../sql/aspects/restore-table-from-disk.sql';
import aspectsRestoreTableFromS3 from '../../sql/aspects/restore-table-from-s3.sql';
import aspectsRunning from '../../sql/aspects/running.sql';
import aspectsServer from '../../sql/aspects/server.sql';
import aspectsSizes from '../../sql/aspects/sizes.sql';
import callMigrateEvents from '../../sql/clickstream/call-migrate-events.sql';
import callMigrateItems from '../../sql/clickstream/call-migrate-items.sql';
import callMigrateSessions from '../../sql/clickstream/call-migrate-sessions.sql';
import callMigrateUsers from '../../sql/clickstream/call-migrate-users.sql';
import callRefreshBaseView from '../../sql/clickstream/call-refresh-base-view.sql';
import checkBaseView from '../../sql/clickstream/check-base-view.sql';
import checkDuplicates from '../../sql/clickstream/check-duplicates.sql';
import checkEvents from '../../sql/clickstream/check-events.sql';
import checkHalfDone from '../../sql/clickstream/check-half-done.sql';
import checkItems from '../../sql/clickstream/check-items.sql';
import checkLegacyGone from '../../sql/clickstream/check-legacy-gone.sql';
import checkLogEnds from '../../sql/clickstream/check-log-ends.sql';
import checkSessions from '../../sql/clickstream/check-sessions.sql';
import checkTrace from '../../sql/clickstream/check-trace.sql';
import checkUsers from '../../sql/clickstream/check-users.sql';
import countLegacyRows from '../../sql/clickstream/count-legacy-rows.sql';
import createFunction1 from '../../sql/clickstream/create-function-1.sql';
import createFunction2 from '../../sql/clickstream/create-function-2.sql';
import createFunction3 from '../../sql/clickstream/create-function-3.sql';
import dropBackfillTrace from '../../sql/clickstream/drop-backfill-trace.sql';
import dropFunction1 from '../../sql/clickstream/drop-function-1.sql';
import dropFunction2 from '../../sql/clickstream/drop-function-2.sql';
import dropFunction3 from '../../sql/clickstream/drop-function-3.sql';
import dropItemView from '../../sql/clickstream/drop-item-view.sql';
import dropLegacyTables from '../../sql/clickstream/drop-legacy-tables.sql';
import dropProcedureDays from '../../sql/clickstream/drop-procedure-days.sql';
import dropProcedurePlain from '../../sql/clickstream/drop-procedure-plain.sql';
import dropUserView from '../../sql/clickstream/drop-user-view.sql';
import goldenCombineJsonList from '../../sql/clickstream/golden-combine-json-list.sql';
import goldenConvertJsonList from '../../sql/clickstream/golden-convert-json-list.sql';
import goldenParseUtmFromUrl from '../../sql/clickstream/golden-parse-utm-from-url.sql';
import goldenRmObjectProps from '../../sql/clickstream/golden-rm-object-props.sql';
import goldenTransformEventCustomProps from '../../sql/clickstream/golden-transform-event-custom-props.sql';
import goldenTransformUserCustomProps from '../../sql/clickstream/golden-transform-user-custom-props.sql';
import grantFunction1 from '../../sql/clickstream/grant-function-1.sql';
import grantFunction2 from '../../sql/clickstream/grant-function-2.sql';
import grantFunction3 from '../../sql/clickstream/grant-function-3.sql';
import preflightLoad from '../../sql/clickstream/preflight-load.sql';
import preflightObjects from '../../sql/clickstream/preflight-objects.sql';
import preflightRows from '../../sql/clickstream/preflight-rows.sql';
import preflightRunning from '../../sql/clickstream/preflight-running.sql';
import preflightTrace from '../../sql/clickstream/preflight-trace.sql';
import preflightUsage from '../../sql/clickstream/preflight-usage.sql';
import probeCombineJsonList from '../../sql/clickstream/probe-combine-json-list.sql';
import probeConvertJsonList from '../../sql/clickstream/probe-convert-json-list.sql';
import probeParseUtmFromUrl from '../../sql/clickstream/probe-parse-utm-from-url.sql';
import probeRmObjectProps from '../../sql/clickstream/probe-rm-object-props.sql';
import probeTransformEventCustomProps from '../../sql/clickstream/probe-transform-event-custom-props.sql';
import probeTransformUserCustomProps from '../../sql/clickstream/probe-transform-user-custom-props.sql';
import readFunctionPrivileges from '../../sql/clickstream/read-function-privileges.sql';
import readFunctionSource from '../../sql/clickstream/read-function-source.sql';
import readFunctionUser from '../../sql/clickstream/read-function-user.sql';
import readFunctions from '../../sql/clickstream/read-functions.sql';
import readLegacyDependents from '../../sql/clickstream/read-legacy-dependents.sql';
import readLog from '../../sql/clickstream/read-log.sql';
import readLogEnds from '../../sql/clickstream/read-log-ends.sql';
import readMetricsStatus from '../../sql/clickstream/read-metrics-status.sql';
import readSchemaColumns from '../../sql/clickstream/read-schema-columns.sql';
import refreshUserView from '../../sql/clickstream/refresh-user-view.sql';
import restoreFunction1 from '../../sql/clickstream/restore-function-1.sql';
import restoreFunction2 from '../../sql/clickstream/restore-function-2.sql';
import restoreFunction3 from '../../sql/clickstream/restore-function-3.sql';
import setAsideFunction1 from '../../sql/clickstream/set-aside-function-1.sql';
import setAsideFunction2 from '../../sql/clickstream/set-aside-function-2.sql';
import setAsideFunction3 from '../../sql/clickstream/set-aside-function-3.sql';
import mysqlCopyAnyRow from '../../sql/mysql-copy/mysql-any-row.sql';
import mysqlCopyAuroraLag from '../../sql/mysql-copy/mysql-aurora-lag.sql';
import mysqlCopyBeat from '../../sql/mysql-copy/mysql-beat.sql';
import mysqlCopyColumnCharsets from '../../sql/mysql-copy/mysql-column-charsets.sql';
import mysqlCopyCreateCheckpoints from '../../sql/mysql-copy/mysql-create-checkpoints.sql';
import mysqlCopyFenceOtherRuns from '../../sql/mysql-copy/mysql-fence-other-runs.sql';
import mysqlCopyFingerprint from '../../sql/mysql-copy/mysql-fingerprint.sql';
import mysqlCopyHistoryList from '../../sql/mysql-copy/mysql-history-list.sql';
import mysqlCopyInsertKeys from '../../sql/mysql-copy/mysql-insert-keys.sql';
import mysqlCopyInsertRows from '../../sql/mysql-copy/mysql-insert-rows.sql';
import mysqlCopyInsertWindow from '../../sql/mysql-copy/mysql-insert-window.sql';
import mysqlCopyKeys from '../../sql/mysql-copy/mysql-keys.sql';
import mysqlCopyLockCheckpoint from '../../sql/mysql-copy/mysql-lock-checkpoint.sql';
import mysqlCopyMoveCheckpoint from '../../sql/mysql-copy/mysql-move-checkpoint.sql';
import mysqlCopyNewCheckpoint from '../../sql/mysql-copy/mysql-new-checkpoint.sql';
import mysqlCopyOtherRuns from '../../sql/mysql-copy/mysql-other-runs.sql';
import mysqlCopyReadCommitted from '../../sql/mysql-copy/mysql-read-committed.sql';
import mysqlCopyReadKeys from '../../sql/mysql-copy/mysql-read-keys.sql';
import mysqlCopyReadWindow from '../../sql/mysql-copy/mysql-read-window.sql';
import mysqlCopyReplicaStatus from '../../sql/mysql-copy/mysql-replica-status.sql';
import mysqlCopyRowHashes from '../../sql/mysql-copy/mysql-row-hashes.sql';
import mysqlCopyServerLimits from '../../sql/mysql-copy/mysql-server-limits.sql';
import mysqlCopySession from '../../sql/mysql-copy/mysql-session.sql';
import mysqlCopyShowCreate from '../../sql/mysql-copy/mysql-show-create.sql';
import mysqlCopySlaveStatus from '../../sql/mysql-copy/mysql-slave-status.sql';
import mysqlCopyTakeCheckpoint from '../../sql/mysql-copy/mysql-take-checkpoint.sql';
import mysqlCopyThreadsRunning from '../../sql/mysql-copy/mysql-threads-running.sql';
import mysqlCopyWarnings from '../../sql/mysql-copy/mysql-warnings.sql';
import rdwAnalyze from '../../sql/rdw/analyze.sql';
import rdwBackupChecks from '../../sql/rdw/backup-checks.sql';
import rdwBackupQuery from '../../sql/rdw/backup-query.sql';
import rdwBeforeSwap from '../../sql/rdw/before-swap.sql';
import rdwCheckStaged from '../../sql/rdw/check-staged.sql';
import rdwCheckTarget from '../../sql/rdw/check-target.sql';
import rdwCopy from '../../sql/rdw/copy.sql';
import rdwCreateStaging from '../../sql/rdw/create-staging.sql';
import rdwDropStaging from '../../sql/rdw/drop-staging.sql';
import rdwExamFacts from '../../sql/rdw/exam-facts.sql';
import rdwFacts from '../../sql/rdw/facts.sql';
import rdwJoinedFacts from '../../sql/rdw/joined-facts.sql';
import rdwLostRows from '../../sql/rdw/lost-rows.sql';
import rdwMysqlActiveRole from '../../sql/rdw/mysql-active-role.sql';
import rdwMysqlChangedExams from '../../sql/rdw/mysql-changed-exams.sql';
import rdwMysqlColumns from '../../sql/rdw/mysql-columns.sql';
import mysqlCountNullScores from '../../sql/rdw/mysql-count-null-scores.sql';
import mysqlExtractSlice from '../../sql/rdw/mysql-extract-slice.sql';
import rdwMysqlFacts from '../../sql/rdw/mysql-facts.sql';
import mysqlFindSession from '../../sql/rdw/mysql-find-session.sql';
import mysqlFindStatement from '../../sql/rdw/mysql-find-statement.sql';
import rdwMysqlGrants from '../../sql/rdw/mysql-grants.sql';
import mysqlKillConnection from '../../sql/rdw/mysql-kill-connection.sql';
import mysqlKillQuery from '../../sql/rdw/mysql-kill-query.sql';
import rdwMysqlLateExams from '../../sql/rdw/mysql-late-exams.sql';
import rdwMysqlLatestExams from '../../sql/rdw/mysql-latest-exams.sql';
import rdwMysqlLatestFacts from '../../sql/rdw/mysql-latest-facts.sql';
import rdwMysqlMigrate from '../../sql/rdw/mysql-migrate.sql';
import rdwMysqlRepeatableRead from '../../sql/rdw/mysql-repeatable-read.sql';
import rdwMysqlSample from '../../sql/rdw/mysql-sample.sql';
import rdwMysqlSmoke from '../../sql/rdw/mysql-smoke.sql';
import rdwMysqlSmokeChanged from '../../sql/rdw/mysql-smoke-changed.sql';
import rdwMysqlSubjectIds from '../../sql/rdw/mysql-subject-ids.sql';
import mysqlTakeLock from '../../sql/rdw/mysql-take-lock.sql';
import rdwMysqlUnsettledExams from '../../sql/rdw/mysql-unsettled-exams.sql';
import rdwOpenSessions from '../../sql/rdw/open-sessions.sql';
import rdwOrphanExams from '../../sql/rdw/orphan-exams.sql';
import rdwPreflightColumns from '../../sql/rdw/preflight-columns.sql';
import rdwPreflightRights from '../../sql/rdw/preflight-rights.sql';
import rdwPreflightRows from '../../sql/rdw/preflight-rows.sql';
import rdwPreflightSample from '../../sql/rdw/preflight-sample.sql';
import rdwPreflightSubjects from '../../sql/rdw/preflight-subjects.sql';
import rdwRestoreChecks from '../../sql/rdw/restore-checks.sql';
import rdwSmoke from '../../sql/rdw/smoke.sql';
import rdwSmokeGroups from '../../sql/rdw/smoke-groups.sql';
import rdwStagedCounts from '../../sql/rdw/staged-counts.sql';
import rdwSwapCheckBackup from '../../sql/rdw/swap-check-backup.sql';
import rdwSwapCheckEmptied from '../../sql/rdw/swap-check-emptied.sql';
import rdwSwapCheckExams from '../../sql/rdw/swap-check-exams.sql';
import rdwSwapCheckInserted from '../../sql/rdw/swap-check-inserted.sql';
import rdwSwapCheckNewer from '../../sql/rdw/swap-check-newer.sql';
import rdwSwapCheckRegular from '../../sql/rdw/swap-check-regular.sql';
import rdwSwapCheckRestored from '../../sql/rdw/swap-check-restored.sql';
import rdwSwapCheckStaged from '../../sql/rdw/swap-check-staged.sql';
import rdwSwapCheckStart from '../../sql/rdw/swap-check-start.sql';
import rdwSwapClose from '../../sql/rdw/swap-close.sql';
import rdwSwapDelete from '../../sql/rdw/swap-delete.sql';
import rdwSwapInsert from '../../sql/rdw/swap-insert.sql';
import rdwSwapInsertAll from '../../sql/rdw/swap-insert-all.sql';
import rdwSwapLock from '../../sql/rdw/swap-lock.sql';
import rdwSwapMark from '../../sql/rdw/swap-mark.sql';
import rdwUtc from '../../sql/rdw/utc.sql';
import rdwVacuum from '../../sql/rdw/vacuum.sql';
import copyCsv from '../../sql/redshift/copy-csv.sql';
import copyText from '../../sql/redshift/copy-text.sql';
import countQuery from '../../sql/redshift/count-query.sql';
import countRows from '../../sql/redshift/count-rows.sql';
import findStatement from '../../sql/redshift/find-statement.sql';
import findTable from '../../sql/redshift/find-table.sql';
import loadErrors from '../../sql/redshift/load-errors.sql';
import readMark from '../../sql/redshift/read-mark.sql';
import unloadCsv from '../../sql/redshift/unload-csv.sql';
import unloadText from '../../sql/redshift/unload-text.sql';
import historyMysqlAutoIncrement from '../../sql/student-module-history/mysql-auto-increment.sql';
import historyMysqlCheckpoints from '../../sql/student-module-history/mysql-checkpoints.sql';
import historyMysqlColumns from '../../sql/student-module-history/mysql-columns.sql';
import historyMysqlCountRange from '../../sql/student-module-history/mysql-count-range.sql';
import historyMysqlCreateDatabase from '../../sql/student-module-history/mysql-create-database.sql';
import historyMysqlDatabase from '../../sql/student-module-history/mysql-database.sql';
import historyMysqlDeleteWindow from '../../sql/student-module-history/mysql-delete-window.sql';
import historyMysqlEnds from '../../sql/student-module-history/mysql-ends.sql';
import historyMysqlExplainWindow from '../../sql/student-module-history/mysql-explain-window.sql';
import historyMysqlFreshStatistics from '../../sql/student-module-history/mysql-fresh-statistics.sql';
import historyMysqlGrantCopy from '../../sql/student-module-history/mysql-grant-copy.sql';
import historyMysqlGrantMigrate from '../../sql/student-module-history/mysql-grant-migrate.sql';
import historyMysqlGrantRuntime from '../../sql/student-module-history/mysql-grant-runtime.sql';
import historyMysqlGrants from '../../sql/student-module-history/mysql-grants.sql';
import historyMysqlGrantsOf from '../../sql/student-module-history/mysql-grants-of.sql';
import historyMysqlIdsOfWindow from '../../sql/student-module-history/mysql-ids-of-window.sql';
import historyMysqlIndexes from '../../sql/student-module-history/mysql-indexes.sql';
import historyMysqlLastIdBelow from '../../sql/student-module-history/mysql-last-id-below.sql';
import historyMysqlLiveCopies from '../../sql/student-module-history/mysql-live-copies.sql';
import historyMysqlLockHolder from '../../sql/student-module-history/mysql-lock-holder.sql';
import historyMysqlLockTable from '../../sql/student-module-history/mysql-lock-table.sql';
import historyMysqlLockWindow from '../../sql/student-module-history/mysql-lock-window.sql';
import historyMysqlNextId from '../../sql/student-module-history/mysql-next-id.sql';
import historyMysqlNoEndlessWaits from '../../sql/student-module-history/mysql-no-endless-waits.sql';
import historyMysqlReadCommitted from '../../sql/student-module-history/mysql-read-committed.sql';
import historyMysqlRecentRows from '../../sql/student-module-history/mysql-recent-rows.sql';
import historyMysqlReplicaStatus from '../../sql/student-module-history/mysql-replica-status.sql';
import historyMysqlSetAutoIncrement from '../../sql/student-module-history/mysql-set-auto-increment.sql';
import historyMysqlShortWaits from '../../sql/student-module-history/mysql-short-waits.sql';
import historyMysqlSizes from '../../sql/student-module-history/mysql-sizes.sql';
import historyMysqlSlaveStatus from '../../sql/student-module-history/mysql-slave-status.sql';
import historyMysqlTable from '../../sql/student-module-history/mysql-table.sql';
import historyMysqlTakeLock from '../../sql/student-module-history/mysql-take-lock.sql';
import historyMysqlTriggers from '../../sql/student-module-history/mysql-triggers.sql';
import historyMysqlTruncate from '../../sql/student-module-history/mysql-truncate.sql';
import historyMysqlUnsettledRows from '../../sql/student-module-history/mysql-unsettled-rows.sql';
import historyMysqlVariables from '../../sql/student-module-history/mysql-variables.sql';
import historyMysqlVerified from '../../sql/student-module-history/mysql-verified.sql';
import historyMysqlWho from '../../sql/student-module-history/mysql-who.sql';
import historyMysqlWindow from '../../sql/student-module-history/mysql-window.sql';
import { SqlRenderError } from './errors';
import type { SqlSource } from './sql';

const FILES: Readonly<Record<string, string>> = {
  'aspects/alembic-version': aspectsAlembicVersion,
  'aspects/ask-dictionary': aspectsAskDictionary,
  'aspects/back-up-to-disk': aspectsBackUpToDisk,
  'aspects/back-up-to-s3': aspectsBackUpToS3,
  'aspects/backup-made': aspectsBackupMade,
  'aspects/backup-status': aspectsBackupStatus,
  'aspects/columns': aspectsColumns,
  'aspects/compare-by-learner': aspectsCompareByLearner,
  'aspects/compare-by-time': aspectsCompareByTime,
  'aspects/compare-dictionaries': aspectsCompareDictionaries,
  'aspects/compare-keys': aspectsCompareKeys,
  'aspects/compare-sums': aspectsCompareSums,
  'aspects/copied-revision': aspectsCopiedRevision,
  'aspects/create-check-database': aspectsCreateCheckDatabase,
  'aspects/create-placeholder': aspectsCreatePlaceholder,
  'aspects/ddl-queue': aspectsDdlQueue,
  'aspects/dependants': aspectsDependants,
  'aspects/dictionary': aspectsDictionary,
  'aspects/disk-named': aspectsDiskNamed,
  'aspects/disks': aspectsDisks,
  'aspects/drop-check-database': aspectsDropCheckDatabase,
  'aspects/drop-database': aspectsDropDatabase,
  'aspects/drop-dictionary': aspectsDropDictionary,
  'aspects/drop-dictionary-on-cluster': aspectsDropDictionaryOnCluster,
  'aspects/drop-table': aspectsDropTable,
  'aspects/drop-table-on-cluster': aspectsDropTableOnCluster,
  'aspects/drop-view': aspectsDropView,
  'aspects/drop-view-on-cluster': aspectsDropViewOnCluster,
  'aspects/explain': aspectsExplain,
  'aspects/exposed-by-learner': aspectsExposedByLearner,
  'aspects/exposed-by-time': aspectsExposedByTime,
  'aspects/functions': aspectsFunctions,
  'aspects/last-event': aspectsLastEvent,
  'aspects/manifest': aspectsManifest,
  'aspects/manifest-models': aspectsManifestModels,
  'aspects/mutations': aspectsMutations,
  'aspects/part-pressure': aspectsPartPressure,
  'aspects/reaching-out': aspectsReachingOut,
  'aspects/read-view': aspectsReadView,
  'aspects/read-watched-video': aspectsReadWatchedVideo,
  'aspects/relations': aspectsRelations,
  'aspects/relations-of-nodes': aspectsRelationsOfNodes,
  'aspects/replication': aspectsReplication,
  'aspects/restore-from-disk': aspectsRestoreFromDisk,
  'aspects/restore-from-s3': aspectsRestoreFromS3,
  'aspects/restore-structure-from-disk': aspectsRestoreStructureFromDisk,
  'aspects/restore-structure-from-s3': aspectsRestoreStructureFromS3,
  'aspects/restore-table-from-disk': aspectsRestoreTableFromDisk,
  'aspects/restore-table-from-s3': aspectsRestoreTableFromS3,
  'aspects/running': aspectsRunning,
  'aspects/server': aspectsServer,
  'aspects/sizes': aspectsSizes,
  'clickstream/call-migrate-events': callMigrateEvents,
  'clickstream/call-migrate-items': callMigrateItems,
  'clickstream/call-migrate-sessions': callMigrateSessions,
  'clickstream/call-migrate-users': callMigrateUsers,
  'clickstream/call-refresh-base-view': callRefreshBaseView,
  'clickstream/check-base-view': checkBaseView,
  'clickstream/check-duplicates': checkDuplicates,
  'clickstream/check-events': checkEvents,
  'clickstream/check-half-done': checkHalfDone,
  'clickstream/check-items': checkItems,
  'clickstream/check-legacy-gone': checkLegacyGone,
  'clickstream/check-log-ends': checkLogEnds,
  'clickstream/check-sessions': checkSessions,
  'clickstream/check-trace': checkTrace,
  'clickstream/check-users': checkUsers,
  'clickstream/count-legacy-rows': countLegacyRows,
  'clickstream/create-function-1': createFunction1,
  'clickstream/create-function-2': createFunction2,
  'clickstream/create-function-3': createFunction3,
  'clickstream/drop-backfill-trace': dropBackfillTrace,
  'clickstream/drop-function-1': dropFunction1,
  'clickstream/drop-function-2': dropFunction2,
  'clickstream/drop-function-3': dropFunction3,
  'clickstream/drop-item-view': dropItemView,
  'clickstream/drop-legacy-tables': dropLegacyTables,
  'clickstream/drop-procedure-days': dropProcedureDays,
  'clickstream/drop-procedure-plain': dropProcedurePlain,
  'clickstream/drop-user-view': dropUserView,
  'clickstream/golden-combine-json-list': goldenCombineJsonList,
  'clickstream/golden-convert-json-list': goldenConvertJsonList,
  'clickstream/golden-parse-utm-from-url': goldenParseUtmFromUrl,
  'clickstream/golden-rm-object-props': goldenRmObjectProps,
  'clickstream/golden-transform-event-custom-props': goldenTransformEventCustomProps,
  'clickstream/golden-transform-user-custom-props': goldenTransformUserCustomProps,
  'clickstream/grant-function-1': grantFunction1,
  'clickstream/grant-function-2': grantFunction2,
  'clickstream/grant-function-3': grantFunction3,
  'clickstream/preflight-load': preflightLoad,
  'clickstream/preflight-objects': preflightObjects,
  'clickstream/preflight-rows': preflightRows,
  'clickstream/preflight-running': preflightRunning,
  'clickstream/preflight-trace': preflightTrace,
  'clickstream/preflight-usage': preflightUsage,
  'clickstream/probe-combine-json-list': probeCombineJsonList,
  'clickstream/probe-convert-json-list': probeConvertJsonList,
  'clickstream/probe-parse-utm-from-url': probeParseUtmFromUrl,
  'clickstream/probe-rm-object-props': probeRmObjectProps,
  'clickstream/probe-transform-event-custom-props': probeTransformEventCustomProps,
  'clickstream/probe-transform-user-custom-props': probeTransformUserCustomProps,
  'clickstream/read-function-privileges': readFunctionPrivileges,
  'clickstream/read-function-source': readFunctionSource,
  'clickstream/read-function-user': readFunctionUser,
  'clickstream/read-functions': readFunctions,
  'clickstream/read-legacy-dependents': readLegacyDependents,
  'clickstream/read-log': readLog,
  'clickstream/read-log-ends': readLogEnds,
  'clickstream/read-metrics-status': readMetricsStatus,
  'clickstream/read-schema-columns': readSchemaColumns,
  'clickstream/refresh-user-view': refreshUserView,
  'clickstream/restore-function-1': restoreFunction1,
  'clickstream/restore-function-2': restoreFunction2,
  'clickstream/restore-function-3': restoreFunction3,
  'clickstream/set-aside-function-1': setAsideFunction1,
  'clickstream/set-aside-function-2': setAsideFunction2,
  'clickstream/set-aside-function-3': setAsideFunction3,
  'rdw/before-swap': rdwBeforeSwap,
  'rdw/check-staged': rdwCheckStaged,
  'rdw/check-target': rdwCheckTarget,
  'rdw/exam-facts': rdwExamFacts,
  'rdw/facts': rdwFacts,
  'rdw/joined-facts': rdwJoinedFacts,
  'rdw/lost-rows': rdwLostRows,
  'rdw/mysql-changed-exams': rdwMysqlChangedExams,
  'rdw/mysql-count-null-scores': mysqlCountNullScores,
  'rdw/mysql-extract-slice': mysqlExtractSlice,
  'rdw/mysql-facts': rdwMysqlFacts,
  'rdw/mysql-find-session': mysqlFindSession,
  'rdw/mysql-find-statement': mysqlFindStatement,
  'rdw/mysql-kill-connection': mysqlKillConnection,
  'rdw/mysql-kill-query': mysqlKillQuery,
  'rdw/mysql-late-exams': rdwMysqlLateExams,
  'rdw/mysql-latest-exams': rdwMysqlLatestExams,
  'rdw/mysql-latest-facts': rdwMysqlLatestFacts,
  'rdw/mysql-repeatable-read': rdwMysqlRepeatableRead,
  'rdw/mysql-smoke': rdwMysqlSmoke,
  'rdw/mysql-smoke-changed': rdwMysqlSmokeChanged,
  'rdw/mysql-take-lock': mysqlTakeLock,
  'rdw/mysql-unsettled-exams': rdwMysqlUnsettledExams,
  'rdw/orphan-exams': rdwOrphanExams,
  'rdw/smoke': rdwSmoke,
  'rdw/smoke-groups': rdwSmokeGroups,
  'rdw/staged-counts': rdwStagedCounts,
  'rdw/analyze': rdwAnalyze,
  'rdw/backup-checks': rdwBackupChecks,
  'rdw/backup-query': rdwBackupQuery,
  'rdw/copy': rdwCopy,
  'rdw/create-staging': rdwCreateStaging,
  'rdw/drop-staging': rdwDropStaging,
  'rdw/restore-checks': rdwRestoreChecks,
  'rdw/swap-check-backup': rdwSwapCheckBackup,
  'rdw/swap-check-emptied': rdwSwapCheckEmptied,
  'rdw/swap-check-exams': rdwSwapCheckExams,
  'rdw/swap-check-inserted': rdwSwapCheckInserted,
  'rdw/swap-check-newer': rdwSwapCheckNewer,
  'rdw/swap-check-regular': rdwSwapCheckRegular,
  'rdw/swap-check-restored': rdwSwapCheckRestored,
  'rdw/swap-check-staged': rdwSwapCheckStaged,
  'rdw/swap-check-start': rdwSwapCheckStart,
  'rdw/swap-close': rdwSwapClose,
  'rdw/swap-delete': rdwSwapDelete,
  'rdw/swap-insert': rdwSwapInsert,
  'rdw/swap-insert-all': rdwSwapInsertAll,
  'rdw/swap-lock': rdwSwapLock,
  'rdw/swap-mark': rdwSwapMark,
  'rdw/utc': rdwUtc,
  'rdw/vacuum': rdwVacuum,
  'rdw/mysql-columns': rdwMysqlColumns,
  'rdw/mysql-subject-ids': rdwMysqlSubjectIds,
  'rdw/mysql-sample': rdwMysqlSample,
  'rdw/mysql-migrate': rdwMysqlMigrate,
  'rdw/mysql-grants': rdwMysqlGrants,
  'rdw/mysql-active-role': rdwMysqlActiveRole,
  'rdw/preflight-columns': rdwPreflightColumns,
  'rdw/preflight-rights': rdwPreflightRights,
  'rdw/preflight-rows': rdwPreflightRows,
  'rdw/preflight-subjects': rdwPreflightSubjects,
  'rdw/preflight-sample': rdwPreflightSample,
  'rdw/open-sessions': rdwOpenSessions,
  'mysql-copy/mysql-any-row': mysqlCopyAnyRow,
  'mysql-copy/mysql-aurora-lag': mysqlCopyAuroraLag,
  'mysql-copy/mysql-beat': mysqlCopyBeat,
  'mysql-copy/mysql-column-charsets': mysqlCopyColumnCharsets,
  'mysql-copy/mysql-create-checkpoints': mysqlCopyCreateCheckpoints,
  'mysql-copy/mysql-fence-other-runs': mysqlCopyFenceOtherRuns,
  'mysql-copy/mysql-fingerprint': mysqlCopyFingerprint,
  'mysql-copy/mysql-history-list': mysqlCopyHistoryList,
  'mysql-copy/mysql-insert-keys': mysqlCopyInsertKeys,
  'mysql-copy/mysql-insert-rows': mysqlCopyInsertRows,
  'mysql-copy/mysql-insert-window': mysqlCopyInsertWindow,
  'mysql-copy/mysql-keys': mysqlCopyKeys,
  'mysql-copy/mysql-lock-checkpoint': mysqlCopyLockCheckpoint,
  'mysql-copy/mysql-server-limits': mysqlCopyServerLimits,
  'mysql-copy/mysql-move-checkpoint': mysqlCopyMoveCheckpoint,
  'mysql-copy/mysql-new-checkpoint': mysqlCopyNewCheckpoint,
  'mysql-copy/mysql-other-runs': mysqlCopyOtherRuns,
  'mysql-copy/mysql-read-committed': mysqlCopyReadCommitted,
  'mysql-copy/mysql-read-keys': mysqlCopyReadKeys,
  'mysql-copy/mysql-read-window': mysqlCopyReadWindow,
  'mysql-copy/mysql-replica-status': mysqlCopyReplicaStatus,
  'mysql-copy/mysql-row-hashes': mysqlCopyRowHashes,
  'mysql-copy/mysql-session': mysqlCopySession,
  'mysql-copy/mysql-show-create': mysqlCopyShowCreate,
  'mysql-copy/mysql-slave-status': mysqlCopySlaveStatus,
  'mysql-copy/mysql-take-checkpoint': mysqlCopyTakeCheckpoint,
  'mysql-copy/mysql-threads-running': mysqlCopyThreadsRunning,
  'mysql-copy/mysql-warnings': mysqlCopyWarnings,
  'redshift/copy-csv': copyCsv,
  'redshift/copy-text': copyText,
  'redshift/count-query': countQuery,
  'redshift/count-rows': countRows,
  'redshift/find-statement': findStatement,
  'redshift/find-table': findTable,
  'redshift/load-errors': loadErrors,
  'redshift/read-mark': readMark,
  'redshift/unload-csv': unloadCsv,
  'redshift/unload-text': unloadText,
  'student-module-history/mysql-auto-increment': historyMysqlAutoIncrement,
  'student-module-history/mysql-checkpoints': historyMysqlCheckpoints,
  'student-module-history/mysql-columns': historyMysqlColumns,
  'student-module-history/mysql-count-range': historyMysqlCountRange,
  'student-module-history/mysql-create-database': historyMysqlCreateDatabase,
  'student-module-history/mysql-database': historyMysqlDatabase,
  'student-module-history/mysql-delete-window': historyMysqlDeleteWindow,
  'student-module-history/mysql-ends': historyMysqlEnds,
  'student-module-history/mysql-explain-window': historyMysqlExplainWindow,
  'student-module-history/mysql-fresh-statistics': historyMysqlFreshStatistics,
  'student-module-history/mysql-grant-copy': historyMysqlGrantCopy,
  'student-module-history/mysql-grant-migrate': historyMysqlGrantMigrate,
  'student-module-history/mysql-grant-runtime': historyMysqlGrantRuntime,
  'student-module-history/mysql-grants': historyMysqlGrants,
  'student-module-history/mysql-grants-of': historyMysqlGrantsOf,
  'student-module-history/mysql-ids-of-window': historyMysqlIdsOfWindow,
  'student-module-history/mysql-indexes': historyMysqlIndexes,
  'student-module-history/mysql-last-id-below': historyMysqlLastIdBelow,
  'student-module-history/mysql-live-copies': historyMysqlLiveCopies,
  'student-module-history/mysql-lock-holder': historyMysqlLockHolder,
  'student-module-history/mysql-lock-table': historyMysqlLockTable,
  'student-module-history/mysql-lock-window': historyMysqlLockWindow,
  'student-module-history/mysql-next-id': historyMysqlNextId,
  'student-module-history/mysql-no-endless-waits': historyMysqlNoEndlessWaits,
  'student-module-history/mysql-read-committed': historyMysqlReadCommitted,
  'student-module-history/mysql-recent-rows': historyMysqlRecentRows,
  'student-module-history/mysql-replica-status': historyMysqlReplicaStatus,
  'student-module-history/mysql-set-auto-increment': historyMysqlSetAutoIncrement,
  'student-module-history/mysql-short-waits': historyMysqlShortWaits,
  'student-module-history/mysql-sizes': historyMysqlSizes,
  'student-module-history/mysql-slave-status': historyMysqlSlaveStatus,
  'student-module-history/mysql-table': historyMysqlTable,
  'student-module-history/mysql-take-lock': historyMysqlTakeLock,
  'student-module-history/mysql-triggers': historyMysqlTriggers,
  'student-module-history/mysql-truncate': historyMysqlTruncate,
  'student-module-history/mysql-unsettled-rows': historyMysqlUnsettledRows,
  'student-module-history/mysql-variables': historyMysqlVariables,
  'student-module-history/mysql-verified': historyMysqlVerified,
  'student-module-history/mysql-who': historyMysqlWho,
  'student-module-history/mysql-window': historyMysqlWindow,
};

/** Text of a file in `sql/`, or the text that came with the payload of an exported step. */
export function sqlText(source: SqlSource): string {
  if ('text' in source) return source.text;
  const text = FILES[source.file];
  if (text === undefined) throw new SqlRenderError(`there is no SQL file ${source.file}`);
  return text;
}

/** SHA-256 of a statement's file, the first 16 digits: enough to tell two releases apart. */
export function sqlHash(source: SqlSource): string {
  return createHash('sha256').update(sqlText(source)).digest('hex').slice(0, 16);
}
