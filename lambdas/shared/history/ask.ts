// The same statements as a person would run them.

import { renderMySql } from '../mysql/statement';
import type { SqlSource } from '../sql';
import { databaseOf, type Right } from './rights';
import type { ServerFacts } from './server-facts';

export interface NewDatabase {
  readonly database: string;
  readonly characterSet: string;
  readonly collation: string;
}

/** SQL for an administrator, one statement each, without a semicolon. */
export function administratorSql(
  { database, characterSet, collation }: NewDatabase,
  facts: Pick<ServerFacts, 'partialRevokes'>,
  rights: readonly Right[],
  sqlText: (source: SqlSource) => string,
): string[] {
  const render = (file: string, parameters: Record<string, string>) =>
    renderMySql(
      sqlText({ file: `student-module-history/mysql-${file}` }),
      { ids: { database }, literals: { database: databaseOf(database, facts) }, parameters },
      ['-'],
    )
      .split('\n')
      .slice(1)
      .join(' ');
  return [
    render('create-database', { character_set: characterSet, collation }),
    ...rights.map(({ file, user, host }) => render(file, { user, host })),
  ];
}
