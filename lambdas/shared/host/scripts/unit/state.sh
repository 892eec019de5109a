# What is known of a unit, as one line: its state, the exit status, and the end of its log without secrets.
state() { printf 'RUNBOOK-STATE {"state":"%s"%s}\n' "$1" "${2:-}"; }

report() {
  dir="$HOST_STATE/$UNIT"
  if [ ! -d "$dir" ]; then
    state absent
    return 0
  fi
  now=$(date +%s)
  ago=$((now - $(cat "$dir/started" 2>/dev/null || echo "$now")))
  alive=
  lives "$dir" && alive=yes
  # Asked second: it may end between the two questions, and never the other way.
  if [ -s "$dir/rc" ]; then
    state ended ",\"rc\":$(cat "$dir/rc"),\"seconds\":$ago,\"tail\":$(js "$(tail_of 2000)")"
  elif [ -n "$alive" ]; then
    state running ",\"seconds\":$ago"
  elif [ -s "$dir/pid" ]; then
    state lost ",\"seconds\":$ago,\"tail\":$(js "$(tail_of 2000)")"
  else
    # What systemd-run or setsid complained of.
    fresh_secrets "$dir"
    state made ",\"seconds\":$ago,\"tail\":$(js "$(clean_tail "$dir/launch" "$dir/secrets" 500)")"
  fi
}

tail_of() {
  fresh_secrets "$dir"
  clean_tail "$dir/log" "$dir/secrets" "$1"
}
