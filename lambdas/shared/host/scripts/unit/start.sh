# Starts a unit apart from the agent, or finds it: one that was made is never started again.
mkdir -p "$HOST_STATE"
give_to_user "$HOST_STATE"
dir="$HOST_STATE/$UNIT"
latest=$(cat "$HOST_STATE/$KEY.latest" 2>/dev/null || echo 0)
if [ "$ATTEMPT" -lt "$latest" ]; then
  # A command that was held up somewhere while the run went on.
  state superseded
  exit 0
fi
printf '%s\n' "$ATTEMPT" > "$HOST_STATE/$KEY.latest"
if mkdir "$dir" 2>/dev/null; then
  write_files "$dir"
  { printf '. "$1"\n'; write_prelude; write_run; } > "$dir/run.sh"
  printf "fence='%s'\nattempt=%s\n" "$HOST_STATE/$KEY.latest" "$ATTEMPT" >> "$dir/values"
  give_to_user "$HOST_STATE"
  if [ -d /run/systemd/system ] && command -v systemd-run > /dev/null; then
    systemd-run --quiet --unit="$UNIT" --uid="$HOST_USER" \
      /bin/sh "$dir/run.sh" "$dir/values" > "$dir/launch" 2>&1 < /dev/null || true
  else
    # Nothing of the agent's may stay open: it waits for whoever holds its output, and a shell keeps what it
    # redirects for a function. So the whole subshell is redirected.
    (as_user setsid nohup /bin/sh "$dir/run.sh" "$dir/values") > "$dir/launch" 2>&1 < /dev/null &
  fi
fi
report
