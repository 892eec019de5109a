-- run-operation remove_deprecated_models of the models v6.1.0, as it is: raw and live relations go too.
-- based on v5.0.0

-- model: v6.1.0
drop view if exists reporting.fact_learner_response_attempts;
drop view if exists reporting.dim_learner_first_response_mv;
drop table if exists reporting.dim_learner_first_response;
drop view if exists reporting.dim_learner_first_success_response_mv;
drop table if exists reporting.dim_learner_first_success_response;
drop view if exists reporting.dim_learner_response_attempt_mv;
drop table if exists reporting.dim_learner_response_attempt;
drop view if exists reporting.fact_section_page_engagement_mv;
drop table if exists reporting.fact_section_page_engagement;
drop view if exists reporting.fact_subsection_page_engagement_mv;
drop table if exists reporting.fact_subsection_page_engagement;
drop view if exists reporting.fact_section_problem_engagement_mv;
drop table if exists reporting.fact_section_problem_engagement;
drop view if exists reporting.fact_subsection_problem_engagement_mv;
drop table if exists reporting.fact_subsection_problem_engagement;
