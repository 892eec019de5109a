// The SQL files a task may run, by name, as text in its bundle. A released file is never edited;
// its hash stands in the ledger of every run that used it.

import { createHash } from 'node:crypto';
import migrateEvents from '../../sql/clickstream/call-migrate-events.sql';
import migrateItems from '../../sql/clickstream/call-migrate-items.sql';
import migrateSessions from '../../sql/clickstream/call-migrate-sessions.sql';
import migrateUsers from '../../sql/clickstream/call-migrate-users.sql';
import refreshBaseView from '../../sql/clickstream/call-refresh-base-view.sql';
import readLog from '../../sql/clickstream/read-log.sql';
import findStatement from '../../sql/redshift/find-statement.sql';
import { SqlRenderError } from './errors';
import type { SqlSource } from './sql';

const FILES: Readonly<Record<string, string>> = {
  'clickstream/call-migrate-events': migrateEvents,
  'clickstream/call-migrate-items': migrateItems,
  'clickstream/call-migrate-sessions': migrateSessions,
  'clickstream/call-migrate-users': migrateUsers,
  'clickstream/call-refresh-base-view': refreshBaseView,
  'clickstream/read-log': readLog,
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
