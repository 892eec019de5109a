// The data model that is installed, as the database itself tells it: Alembic's revision, and dbt's state.

import type { ClickHouse } from '../../clickhouse/server';
import { CLICKHOUSE, codeOf } from '../../clickhouse/trouble';
import { type Generation, generationOf, roleName, roleOf } from '../relations';

/** A model of the manifest. */
export interface Model {
  readonly id: string;
  /** Name of its database, not its role. */
  readonly database: string;
  readonly name: string;
  readonly materialized: string;
}

/** What is installed. */
export interface InstalledModel {
  /** Null: Alembic never ran. */
  readonly alembic: string | null;
  /** Null: no state is stored, as in 1.0.x. */
  readonly generation: Generation | null;
  /** Fingerprint of the state: another one after each successful dbt command. */
  readonly manifest: string | null;
  readonly models: readonly Model[];
}

const ABSENT: readonly number[] = [CLICKHOUSE.unknownTable, CLICKHOUSE.unknownDatabase];

async function orNone<R>(reading: Promise<readonly R[]>): Promise<readonly R[]> {
  try {
    return await reading;
  } catch (error) {
    if (ABSENT.includes(codeOf(error))) return [];
    throw error;
  }
}

/** Reads it. */
export async function readInstalled(server: ClickHouse): Promise<InstalledModel> {
  const [revision] = await orNone(server.rows('alembic-version'));
  const [manifest] = await orNone(server.rows('manifest'));
  const models = (manifest
    ? await server.rows('manifest-models')
    : []) as unknown as readonly Model[];
  return {
    alembic: revision ? String(revision.version_num) : null,
    generation: generationOf(models.map(({ id }) => id)),
    manifest: manifest ? String(manifest.hash) : null,
    models,
  };
}

/** Names of models by role: `reporting.dim_course_blocks`; models in other databases are left out. */
export function modelNames(server: ClickHouse, models: readonly Model[]): ReadonlySet<string> {
  const { databases } = server.ref;
  const named = models.flatMap(({ database, name }) => {
    const role = roleOf(database, databases);
    return role ? [roleName({ database: role, name })] : [];
  });
  return new Set(named);
}
