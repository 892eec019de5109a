// Native backups: begun under an id that is known before, followed by it, and read once more before anybody believes
// in them. What the server has forgotten (it does, when it starts anew) is unknown, never a success.

import { randomUUID } from 'node:crypto';
import type { ClickHouse, Row } from '../../clickhouse/server';
import type { ClickHouseMarks } from '../../clickhouse/statement';
import { CHECK, type Looking, withCopies } from './copies';
import { reachingOut } from './reaching-out';

/** Where a backup goes: the folder of a bucket, or a disk of the server's configuration. */
export type BackupPlace =
  | {
      /** `https://<bucket>.s3.<region>.amazonaws.com/<prefix>/`, ends with a slash. */
      readonly endpoint: string;
    }
  | { readonly disk: string };

/** What the server says of a backup or a restore. */
export interface BackupStatus {
  readonly status: string;
  readonly error: string;
  readonly files: number;
  readonly bytes: number;
}

/** What a backup holds, read from itself. */
export interface BackupContents {
  /** Revision of the migrations. */
  readonly revision: string;
  /** `database.name`, as the server calls them. */
  readonly relations: readonly string[];
  /** Relations that were not asked for, because their copies would act outside of it; in the same form. */
  readonly leftOut: readonly string[];
}

/** Names of relations; what a materialized view keeps inside of itself has none of its own. */
export const namesOf = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ database, name }) => `${database}.${name}`).filter((name) => !/\.\.inner/.test(name));

/** Backups in one place. */
export class Backups {
  constructor(
    private readonly server: ClickHouse,
    private readonly place: BackupPlace,
  ) {}

  /** What became of it; undefined: the server knows nothing of it. */
  async status(id: string): Promise<BackupStatus | undefined> {
    const { status, error, files, bytes } = await this.server.row('backup-status', {
      parameters: { id },
    });
    if (status === undefined) return undefined;
    return {
      status: String(status),
      error: String(error ?? '').replace(/,? ?Stack trace.*$/s, ''),
      files: Number(files),
      bytes: Number(bytes),
    };
  }

  /** Bytes of one that was made under any id; undefined: the server knows nothing of it. */
  async made(folder: string): Promise<number | undefined> {
    const { bytes } = await this.server.row('backup-made', { parameters: { folder } });
    return bytes === undefined ? undefined : Number(bytes);
  }

  /** Begins to make it. */
  begin(id: string): Promise<void> {
    return this.server.change(this.file('back-up-to'), this.marks(id, id));
  }

  /** Begins to bring it back, under an id of the restore's own. */
  restore(id: string, restoreId: string): Promise<void> {
    return this.server.change(this.file('restore-from'), this.marks(id, restoreId));
  }

  /**
   * Brings back what the backup says of all four databases, without rows, under other names, and the rows of its
   * smallest table; then takes that away again. What is there is not needed, and no row of it changes: of names in
   * the four databases the copies have their own, and what reaches out of them is not copied.
   *
   * @param who for whom; the ledger notes that there are copies
   * @param out `database.name` of what reached out when the backup was proven, beside what does now
   * @throws ClickHouseBackupError where a name cannot be left out
   */
  async read(id: string, who: Looking, out: readonly string[] = []): Promise<BackupContents> {
    const names = Object.values(this.server.ref.databases);
    const { xapi, eventSink, reporting, openedx } = this.server.ref.databases;
    const leftOut = [...new Set([...out, ...(await reachingOut(this.server))])];
    const copies = {
      xapi_copy: `${xapi}${CHECK}`,
      event_sink_copy: `${eventSink}${CHECK}`,
      reporting_copy: `${reporting}${CHECK}`,
      openedx_copy: `${openedx}${CHECK}`,
    };
    const { xapi_copy } = copies;
    // The server refuses an id it knows from an earlier look.
    const checkId = `${id}-check-${randomUUID().slice(0, 8)}`;
    return await withCopies(this.server, who, async () => {
      await this.keepOut(leftOut);
      await this.server.change(this.file('restore-structure-from'), {
        ...this.marks(id, checkId),
        ids: copies,
      });
      const parameters = { databases: names.map((name) => `${name}${CHECK}`) };
      const found = await this.server.rows('relations', { parameters });
      const ids = { database: xapi, name: 'alembic_version', copy_database: xapi_copy };
      const copy = { ...ids, copy: 'runbook_backup_check' };
      await this.server.change(this.file('restore-table-from'), {
        ...this.marks(id, `${checkId}-rows`),
        ids: copy,
      });
      const row = { database: xapi_copy, copy: copy.copy };
      return {
        revision: String(
          (await this.server.row('copied-revision', { ids: row })).version_num ?? '',
        ),
        relations: namesOf(found)
          .map((name) => name.replace(`${CHECK}.`, '.'))
          .filter((name) => !leftOut.includes(name)),
        leftOut,
      };
    });
  }

  /** EXCEPT TABLES stands behind the last database only: a table of that name keeps the view away. */
  private async keepOut(leftOut: readonly string[]): Promise<void> {
    for (const database of Object.values(this.server.ref.databases)) {
      const own = leftOut.filter((name) => name.startsWith(`${database}.`));
      const copy = `${database}${CHECK}`;
      if (own.length > 0)
        await this.server.change('create-check-database', { ids: { database: copy } });
      for (const name of own.map((one) => one.slice(database.length + 1))) {
        await this.server.change('create-placeholder', { ids: { database: copy, name } });
      }
    }
  }

  private file(verb: string): string {
    return `${verb}-${'disk' in this.place ? 'disk' : 's3'}`;
  }

  private marks(folder: string, id: string): ClickHouseMarks {
    const { place } = this;
    const own = { id: { kind: 'backup-id', value: id } } as const;
    if ('disk' in place) {
      const disk = { kind: 'disk', value: place.disk } as const;
      return { literals: { ...own, disk, folder: { kind: 'backup-id', value: folder } } };
    }
    const endpoint = { kind: 's3-endpoint', value: `${place.endpoint}${folder}/` } as const;
    return { literals: { ...own, endpoint } };
  }
}
