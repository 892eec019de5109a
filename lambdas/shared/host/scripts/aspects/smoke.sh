# Stop: kill
# Every chart of the dashboards is asked for once.
right_root
no_jobs
tutor "$MODE" do performance-metrics --fail_on_error
