// What a copy of the databases must not have: views that read or write outside of the four, and tables that take
// what comes in from elsewhere. The copy's names are others, the outside's are not: it would do its work twice.

import type { ClickHouse } from '../../clickhouse/server';
import { ClickHouseBackupError } from '../../errors';
import { mentionsOf } from '../relations';

/** Names a statement takes: those of `quoteClickHouseIdentifier`. */
const NAMEABLE = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/;

/**
 * `database.name` of those that are there now.
 *
 * @throws ClickHouseBackupError for one whose name no statement takes
 */
export async function reachingOut(server: ClickHouse): Promise<readonly string[]> {
  const own = Object.values(server.ref.databases);
  const found = (await server.rows('reaching-out')).filter(({ engine, definition, known }) => {
    if (engine !== 'MaterializedView') return true;
    const outside = (known as readonly string[]).filter((name) => !own.includes(name));
    return mentionsOf(String(definition)).some(({ database }) => outside.includes(database));
  });
  const bad = found.filter(({ name }) => !NAMEABLE.test(String(name)));
  if (bad.length > 0) {
    throw new ClickHouseBackupError(
      `a backup cannot be read here: ${bad.map(({ database, name }) => `${database}.${name}`).join(', ')} read or write outside of ` +
        "Aspects' databases, and no statement of this runbook takes such a name. Nothing was changed. Rename them " +
        '(letters, digits and _), then redrive',
    );
  }
  return found.map(({ database, name }) => `${database}.${name}`);
}
