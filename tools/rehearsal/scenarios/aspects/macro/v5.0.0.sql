-- run-operation remove_deprecated_models of the models v5.0.0, as it is: raw and live relations go too.
-- based on v4.0.3

-- model: v5.0.0
drop view if exists reporting.fact_video_plays;
drop view if exists reporting.fact_watched_video_duration;
drop view if exists reporting.fact_section_video_engagement_mv;
drop table if exists reporting.fact_section_video_engagement;
drop view if exists reporting.fact_subsection_video_engagement_mv;
drop table if exists reporting.fact_subsection_video_engagement;
