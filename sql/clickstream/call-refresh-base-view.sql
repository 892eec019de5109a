--! Purpose: rebuild one range of the base view of all reports
--! Rerun: safe, the procedure replaces the events of the range; the third argument is unused with an explicit range
--! Needs: clickstream_event_base_view_sp, event_v2, session, clickstream_event_base_view
--! Parameters: :range_start, :range_end

call {{id:schema}}.clickstream_event_base_view_sp(:range_start::timestamp, :range_end::timestamp, 1);
