// What the schema before v1.1.6 leaves behind, by the guide's clean-up, and the trace table it forgets.
// Pure values.

import { TRACE_TABLE } from './migration';

export const LEGACY_TABLES = ['event', 'event_parameter', 'item', 'user'] as const;
export const LEGACY_VIEWS = ['user_m_view', 'item_m_view'] as const;

/** Procedures with the file that drops them: by their arguments. */
export const LEGACY_PROCEDURES: Readonly<Record<string, string>> = {
  sp_clear_expired_events: 'drop-procedure-days',
  sp_clear_item_and_user: 'drop-procedure-plain',
  sp_migrate_data_to_v2: 'drop-procedure-days',
  sp_migrate_event_to_v2: 'drop-procedure-days',
  sp_migrate_item_to_v2: 'drop-procedure-days',
  sp_migrate_session_to_v2: 'drop-procedure-plain',
  sp_migrate_user_to_v2: 'drop-procedure-plain',
};

/** All relations that are dropped. */
export const LEGACY_RELATIONS_ALL: readonly string[] = [
  ...LEGACY_VIEWS,
  ...LEGACY_TABLES,
  TRACE_TABLE,
];
