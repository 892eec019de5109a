# Stop: let it end, for ClickHouse has no transactions
# While the NEW plugin is still installed: the old one's Alembic does not know the new revision. REVISION.
right_root
no_jobs
tutor "$MODE" do alembic -c "downgrade $REVISION"
