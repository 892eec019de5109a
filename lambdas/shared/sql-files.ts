// The SQL files a task may run, by name, as text in its bundle. A released file is never edited;
// its hash stands in the ledger of every run that used it.

import { createHash } from 'node:crypto';
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
import checkSessions from '../../sql/clickstream/check-sessions.sql';
import checkTrace from '../../sql/clickstream/check-trace.sql';
import checkUsers from '../../sql/clickstream/check-users.sql';
import preflightLoad from '../../sql/clickstream/preflight-load.sql';
import preflightObjects from '../../sql/clickstream/preflight-objects.sql';
import preflightRows from '../../sql/clickstream/preflight-rows.sql';
import preflightRunning from '../../sql/clickstream/preflight-running.sql';
import preflightTrace from '../../sql/clickstream/preflight-trace.sql';
import readLog from '../../sql/clickstream/read-log.sql';
import readLogEnds from '../../sql/clickstream/read-log-ends.sql';
import refreshUserView from '../../sql/clickstream/refresh-user-view.sql';
import findStatement from '../../sql/redshift/find-statement.sql';
import { SqlRenderError } from './errors';
import type { SqlSource } from './sql';

const FILES: Readonly<Record<string, string>> = {
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
  'clickstream/check-sessions': checkSessions,
  'clickstream/check-trace': checkTrace,
  'clickstream/check-users': checkUsers,
  'clickstream/preflight-load': preflightLoad,
  'clickstream/preflight-objects': preflightObjects,
  'clickstream/preflight-rows': preflightRows,
  'clickstream/preflight-running': preflightRunning,
  'clickstream/preflight-trace': preflightTrace,
  'clickstream/read-log-ends': readLogEnds,
  'clickstream/read-log': readLog,
  'clickstream/refresh-user-view': refreshUserView,
  'redshift/find-statement': findStatement,
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
