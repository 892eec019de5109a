-- What a run of the models v5.0.0 makes: a model that is a table is made and filled when it is absent, and only its
-- materialized view (not written here, it has the same select) is made anew when it is there; a full refresh reads "create or replace table" instead.
-- Four event tables are rebuilt on every run: their configuration says so in v4.0.0 to v5.0.0.
-- based on v4.0.3
-- gone: reporting.fact_section_video_engagement, reporting.fact_subsection_video_engagement, reporting.fact_video_engagement, reporting.fact_video_plays, reporting.fact_watched_video_duration

-- model: reporting.fact_video_segments (mv)
create table if not exists reporting.fact_video_segments
engine = SummingMergeTree
order by (org, course_key, video_id, actor_id, segment)
as select org, course_key, video_id, actor_id, intDiv(video_position, 5) as segment, count() as watched from xapi.video_playback_events group by org, course_key, video_id, actor_id, segment;

-- model: reporting.fact_video_engagement (mv)
create or replace table reporting.fact_video_engagement
engine = SummingMergeTree
order by (org, course_key, video_id, actor_id)
as select org, course_key, video_id, actor_id, count() as plays from xapi.video_playback_events group by org, course_key, video_id, actor_id;
