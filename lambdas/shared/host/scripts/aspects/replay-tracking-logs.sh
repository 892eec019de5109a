# Stop: kill
# Sends events of tracking logs again: FOLDER and PREFIX of the files as the LMS sees them. Statements keep
# their ids, so that the raw table keeps one of each.
right_root
no_jobs
config="{\"key\": \"$FOLDER\", \"prefix\": \"$PREFIX\", \"container\": \"logs\"}"
if tutor "$MODE" do transform-tracking-logs --help 2> /dev/null | grep -q source_provider; then
  tutor "$MODE" do transform-tracking-logs --source_provider LOCAL --source_config "$config" \
    --destination_provider LRS --transformer_type xapi
else
  # Older releases hand one text on.
  tutor "$MODE" do transform-tracking-logs --options \
    "--source_provider LOCAL --source_config '$config' --destination_provider LRS --transformer_type xapi"
fi
