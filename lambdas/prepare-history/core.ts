// Makes the new database and gives the rights on it, or writes down for a person how. Each statement may be
// sent twice: whether it took effect is read from the server, never from its answer.

import { iso } from '../shared/clock';
import { PreflightError } from '../shared/errors';
import { administratorSql } from '../shared/history/ask';
import { check } from '../shared/history/checks';
import { shapeOf, sourceFindings, targetFindings } from '../shared/history/ddl';
import { MIGRATION_COMMANDS, migrations } from '../shared/history/questions';
import { databaseOf, type Right, rightsFor, unproven } from '../shared/history/rights';
import { type ServerFacts, serverFacts } from '../shared/history/server-facts';
import { codeOf, type Table } from '../shared/history/table';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { PrepareHistoryPayload, PrepareHistoryResult } from './payload';

export async function prepareHistory(
  payload: PrepareHistoryPayload,
  deps: HistoryDeps,
): Promise<PrepareHistoryResult> {
  await ownRun(deps.ledger, payload);
  return withTables(payload, deps, async (source, target) => {
    const { admin, migrateUser } = payload;
    const self = String((await target.row('who')).user);
    const rights = rightsFor(payload, self);
    const migrated = await isMigrated(source, target);
    const facts = await serverFacts(target);
    if (admin) await prepare(payload, deps, target.as(admin), rights, facts);
    const sql =
      admin || migrated
        ? []
        : administratorSql(
            { ...payload, database: target.place.database },
            facts,
            rights,
            deps.sqlText,
          );
    return {
      migrated,
      sql,
      commands: MIGRATION_COMMANDS,
      question: migrations(target.place, migrateUser, sql),
    };
  });
}

async function isMigrated(source: Table, target: Table): Promise<boolean> {
  const old = await shapeOf(source);
  const made = await shapeOf(target);
  if (!old || !made) return false;
  return [...sourceFindings(old), ...targetFindings(old, made)].length === 0;
}

async function prepare(
  { runId, characterSet, collation }: PrepareHistoryPayload,
  { ledger, clock }: HistoryDeps,
  admin: Table,
  rights: readonly Right[],
  facts: ServerFacts,
): Promise<void> {
  const { database } = admin.place;
  const key = runKey(runId, 'history#prepared');
  const intent = { database, users: rights.map(({ user }) => user), at: iso(clock.now()) };
  try {
    await ledger.put(key, { ...intent, status: 'begun' });
    if ((await admin.row('database')).collation === undefined) {
      await admin.change('create-database', { character_set: characterSet, collation });
    }
    const made = await admin.row('database');
    const problems = made.collation === undefined ? [`database ${database} is not there`] : [];
    for (const right of rights) problems.push(...(await give(admin, right, facts)));
    if (problems.length > 0) throw new PreflightError(problems);
    await ledger.put(key, { ...intent, status: 'done' });
    await check(ledger, runId, clock.now(), {
      name: 'database of the new table',
      expected: `${database}, with rights for ${intent.users.join(', ')}`,
      actual: `${database} of character set ${made.character_set}, rights as SHOW GRANTS has them`,
      ok: true,
    });
  } finally {
    await admin.close();
  }
}

/** Gives what is not there yet, and says what could not be given. */
async function give(admin: Table, right: Right, facts: ServerFacts): Promise<string[]> {
  const { user, host, file } = right;
  const who = `${user}@${host}`;
  try {
    if ((await unproven(admin, [right])).length === 0) return [];
    await admin.change(file, { user, host }, { database: databaseOf(admin.place.database, facts) });
    const [left] = await unproven(admin, [right]);
    return left ? [`${who} still lacks ${left.privileges.join(', ')} after they were granted`] : [];
  } catch (error) {
    // Since MySQL 8 a grant makes no user: https://dev.mysql.com/doc/refman/8.0/en/grant.html
    if (
      /ER_NONEXISTING_GRANT|ER_CANT_CREATE_USER_WITH_GRANT|ER_PASSWORD_NO_MATCH/.test(codeOf(error))
    ) {
      return [`there is no user ${who}: create it with the password of the application's settings`];
    }
    throw error;
  }
}
