// Server configuration of the engine: where backups may go, and how large a table may be that is dropped.

/** What a scenario says about the server's configuration. */
export interface EngineSettings {
  /** `max_table_size_to_drop` in bytes. @default 50 GB, as the server has it */
  readonly maxTableSizeToDrop?: number;
  /** Bytes that `keep_free_space_bytes` takes off the data disk. @default 0 */
  readonly keepFreeBytes?: number;
}

/** Disk to which `BACKUP … TO Disk('backups', …)` may write. */
export const BACKUP_DISK = 'backups';

/** The configuration file; `folder` is the engine's own. */
export function engineConfig(folder: string, settings: EngineSettings = {}): string {
  const { maxTableSizeToDrop = 50_000_000_000, keepFreeBytes = 0 } = settings;
  return `<clickhouse>
  <logger><level>none</level></logger>
  <max_table_size_to_drop>${maxTableSizeToDrop}</max_table_size_to_drop>
  <max_partition_size_to_drop>${maxTableSizeToDrop}</max_partition_size_to_drop>
  <storage_configuration><disks>
    <default><keep_free_space_bytes>${keepFreeBytes}</keep_free_space_bytes></default>
    <${BACKUP_DISK}><type>local</type><path>${folder}/backups/</path></${BACKUP_DISK}>
  </disks></storage_configuration>
  <backups><allowed_disk>${BACKUP_DISK}</allowed_disk><allowed_path>${folder}/backups/</allowed_path></backups>
</clickhouse>
`;
}
