// How a text names a database: by its literal name, by the one that is configured, or by a setting in Jinja.

import type { DatabaseRole } from '../../../lambdas/shared/aspects/relations';

/** Configured names by role. */
export type DatabaseNames = Readonly<Record<DatabaseRole, string>>;

const SETTINGS: Readonly<Record<DatabaseRole, string>> = {
  xapi: 'ASPECTS_XAPI_DATABASE',
  event_sink: 'ASPECTS_EVENT_SINK_DATABASE',
  reporting: 'DBT_PROFILE_TARGET_DATABASE',
};
const ROLES = ['xapi', 'event_sink', 'reporting'] as const;

const JINJA = /^(\{\{-?\s*)(\w+)(\s*-?\}\})$/;

/** Regular expression of all ways to name one. */
export function databasePattern(names: DatabaseNames): string {
  const literal = [...new Set([...ROLES, ...Object.values(names)])].map((name) =>
    name.replace(/[^\w]/g, '\\$&'),
  );
  return `(?:${literal.join('|')}|\\{\\{-?\\s*(?:${Object.values(SETTINGS).join('|')})\\s*-?\\}\\})`;
}

/** Role of a database as a text has it. */
export function roleIn(text: string, names: DatabaseNames): DatabaseRole | undefined {
  const setting = JINJA.exec(text)?.[2];
  return ROLES.find((role) =>
    setting === undefined ? names[role] === text || role === text : SETTINGS[role] === setting,
  );
}

/** Another database in the same way: a setting stays one, with its blanks. */
export function inTheWayOf(text: string, role: DatabaseRole, names: DatabaseNames): string {
  const [, open, setting, close] = JINJA.exec(text) ?? [];
  if (setting !== undefined) return `${open}${SETTINGS[role]}${close}`;
  // A text that has the literal names keeps to them.
  const own = ROLES.find((one) => names[one] === text);
  return own ? names[role] : role;
}
