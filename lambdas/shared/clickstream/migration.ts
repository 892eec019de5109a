// Names of the data migration as the solution's schema has them. Pure values.

/** Tables of the schema before v1.1.6 that the procedures read. */
export const LEGACY_RELATIONS = [
  'event',
  'event_parameter',
  'item',
  'user',
  'user_m_view',
] as const;

/** Tables of the schema since v1.1.6 that they write. */
export const NEW_RELATIONS = [
  'event_v2',
  'user_v2',
  'item_v2',
  'session',
  'clickstream_event_base_view',
  'clickstream_log_v2',
] as const;

/** What the migration calls. */
export const PROCEDURES = [
  'sp_migrate_event_to_v2',
  'sp_migrate_user_to_v2',
  'sp_migrate_item_to_v2',
  'sp_migrate_session_to_v2',
  'clickstream_event_base_view_sp',
] as const;

/** Despite its name a permanent table: one row a chunk of events. */
export const TRACE_TABLE = 'tmp_backfill_trace';

/** Events one call of the event procedure takes at the most (its LIMIT). */
export const EVENTS_PER_CHUNK = 100_000_000;

/**
 * Schema of an application. The solution creates it unquoted, so Redshift has folded it to lower
 * case (https://docs.aws.amazon.com/redshift/latest/dg/r_names.html).
 */
export const schemaOf = (appId: string): string => appId.toLowerCase();
