// Server configuration of the engine: where backups may go, and how large a table may be that is dropped.

/** What a scenario says about the server's configuration. */
export interface EngineSettings {
  /** `max_table_size_to_drop` in bytes. @default 50 GB, as the server has it */
  readonly maxTableSizeToDrop?: number;
}

/** Disk to which `BACKUP … TO Disk('backups', …)` may write. */
export const BACKUP_DISK = 'backups';

/** The configuration file; `folder` is the engine's own. */
export function engineConfig(folder: string, settings: EngineSettings = {}): string {
  const { maxTableSizeToDrop = 50_000_000_000 } = settings;
  return `<clickhouse>
  <logger><level>none</level></logger>
  <max_table_size_to_drop>${maxTableSizeToDrop}</max_table_size_to_drop>
  <max_partition_size_to_drop>${maxTableSizeToDrop}</max_partition_size_to_drop>
  <storage_configuration><disks>
    <${BACKUP_DISK}><type>local</type><path>${folder}/backups/</path></${BACKUP_DISK}>
  </disks></storage_configuration>
  <backups><allowed_disk>${BACKUP_DISK}</allowed_disk><allowed_path>${folder}/backups/</allowed_path></backups>
</clickhouse>
`;
}
