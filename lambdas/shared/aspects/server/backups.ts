// Native backups: begun under an id that is known before, followed by it, and read once more before anybody believes
// in them. What the server has forgotten (it does, when it starts anew) is unknown, never a success.

import type { ClickHouse } from '../../clickhouse/server';
import type { ClickHouseMarks } from '../../clickhouse/statement';

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

  /** Begins to make it. */
  begin(id: string): Promise<void> {
    return this.server.change(this.file('back-up-to'), this.marks(id, id));
  }

  /** Begins to bring it back, under an id of the restore's own. */
  restore(id: string, restoreId: string): Promise<void> {
    return this.server.change(this.file('restore-from'), this.marks(id, restoreId));
  }

  /**
   * Brings the smallest table back under another name, and takes that away again.
   *
   * @param checkId id of this restore, another one each time
   * @returns the revision of the migrations in the backup
   */
  async read(id: string, checkId: string): Promise<string> {
    const { xapi } = this.server.ref.databases;
    const copy = 'runbook_backup_check';
    const ids = { database: xapi, name: 'alembic_version', copy };
    const away = () => this.server.change('drop-table', { ids: { database: xapi, name: copy } });
    await away();
    try {
      await this.server.change(this.file('restore-table-from'), {
        ...this.marks(id, checkId),
        ids,
      });
      return String((await this.server.row('copied-revision', { ids })).version_num ?? '');
    } finally {
      await away();
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
