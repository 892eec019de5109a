# Ends a unit whose end is harmless, and the job containers it has started. Any other is left to its end.
# In both cases a start that comes later finds a unit that has ended.
mkdir -p "$HOST_STATE"
dir="$HOST_STATE/$UNIT"
if mkdir "$dir" 2>/dev/null; then
  date +%s > "$dir/started"
  echo 143 > "$dir/rc"
  give_to_user "$HOST_STATE"
elif [ ! -s "$dir/rc" ] && [ "$KILL" = yes ]; then
  if command -v systemctl > /dev/null && systemctl is-active --quiet "$UNIT.service" 2>/dev/null; then
    systemctl stop "$UNIT.service" || true
  elif lives "$dir"; then
    # The unit leads a session of its own, so that its number is the group's.
    kill -TERM "-$pid" 2>/dev/null || true
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      kill -0 "-$pid" 2>/dev/null || break
      sleep 1
    done
    kill -KILL "-$pid" 2>/dev/null || true
  fi
  # A job container outlives its client. Before the unit began there was none: the script has looked.
  jobs=$(docker ps --filter name=-job-run- --format "$(fmt .Names)" 2>/dev/null || true)
  [ -z "$jobs" ] || [ ! -f "$dir/has-jobs" ] || docker stop $jobs > /dev/null 2>&1 || true
  [ -s "$dir/rc" ] || lives "$dir" || echo 143 > "$dir/rc"
  give_to_user "$dir"
fi
report
