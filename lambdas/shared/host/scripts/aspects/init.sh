# Stop: let it end, for dbt exchanges tables and takes materialized views away while it fills them
# The plugin's own initialization: users, Alembic, dbt, Superset, and the settings of the LMS. SERVICES stay
# held.
right_root
no_jobs
stay_held
tutor "$MODE" do init -l aspects
