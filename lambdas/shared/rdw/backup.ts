// Names under which the backup of a tenant is found again by another run. A backup is kept for weeks: they
// are not changed.

/** The step that unloads the table. */
export const BACKUP_STEP = 'backup';

/** The check that holds the checksum of the table; see `sql/rdw/backup-checks.sql`. */
export const BACKUP_CHECKSUM = 'backup checksum';
