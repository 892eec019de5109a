// Words for relations of Aspects' data model. Pure values: constructs and the command line import them.

import type { AspectsDatabases } from '../../clickhouse/ref';

/** Database by its role; its name is a setting of the plugin. */
export type DatabaseRole = 'xapi' | 'event_sink' | 'reporting';

/** What a relation is; an `mv` is a table and a materialized view `<name>_mv` that writes to it. */
export type RelationKind = 'view' | 'dictionary' | 'mv';

/** A relation by role and name. */
export interface RelationName {
  readonly database: DatabaseRole;
  readonly name: string;
}

/** A relation with what it is. */
export interface Relation extends RelationName {
  readonly kind: RelationKind;
}

/** Version of the models as `DBT_BRANCH` has it: `v5.0.0`. */
export type DbtVersion = string;

/** What a release of Aspects brings into the database. */
export interface ReleaseModel {
  /** `v5.0.0` */
  readonly dbt: DbtVersion;
  /** Head of Alembic: `0041`. */
  readonly alembic: string;
}

/** `reporting.dim_course_blocks`, by roles, whatever the databases are called. */
export const roleName = ({ database, name }: RelationName): string => `${database}.${name}`;

/** Name of the database that has a role. */
export function databaseOf(role: DatabaseRole, databases: AspectsDatabases): string {
  return role === 'event_sink' ? databases.eventSink : databases[role];
}

/** Role of a database by its name; undefined: none of ours. */
export function roleOf(name: string, databases: AspectsDatabases): DatabaseRole | undefined {
  const roles = ['xapi', 'event_sink', 'reporting'] as const;
  return roles.find((role) => databaseOf(role, databases) === name);
}

/** `view:reporting.a`, as the lists of this folder are written. */
export function relationOf(text: string): Relation {
  const [kind, database, name] = text.split(/[:.]/) as [RelationKind, DatabaseRole, string];
  return { database, name, kind };
}

/** Whether a version of the models is at least another. */
export function isAtLeast(version: DbtVersion, other: DbtVersion): boolean {
  const parts = (text: string) => text.replace(/^v/, '').split('.').map(Number);
  const [a, b] = [parts(version), parts(other)];
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Whether a name is one of those that dbt gives while it swaps a relation. */
export const isLeftOver = (name: string): boolean => /__dbt_(tmp|backup|new)/.test(name);
