# Stop: let it end, for dbt exchanges tables and takes materialized views away while it fills them
# One command of dbt: COMMAND; SERVICES stay held. `--only_changed False` always: with True every command but run fails, and any
# other text counts as a full run.
right_root
no_jobs
stay_held
case "$COMMAND" in
  *[\'\"\`\$\\\;\&\|\<\>\{\}]*) refuse 'COMMAND goes through a template and two shells: no quotes, braces or signs of a shell' ;;
esac
tutor "$MODE" do dbt --only_changed False -c "$COMMAND"
