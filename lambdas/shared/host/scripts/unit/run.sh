# The unit itself, as the user: one at a time on this host, its log and its exit status in files.
log="$unit/log"
: >> "$log"
printf '%s %s\n' "$$" "$(born_of $$)" > "$unit/pid.new"
mv "$unit/pid.new" "$unit/pid"
end() {
  printf '%s\n' "$1" > "$unit/rc.new"
  mv "$unit/rc.new" "$unit/rc"
  exit 0
}
[ ! -s "$unit/rc" ] || exit 0
# Whatever this unit starts inherits the lock: it is free when the last of them has ended, also after the
# unit itself was killed. One that has said how it ended may need a moment more to be gone.
exec 9>> "$unit/../lock"
if ! flock -w 5 9; then
  printf 'another command of a run still works on this host: %s\n' "$(cat "$unit/../current" 2>/dev/null)" > "$log"
  end 75
fi
if [ "$attempt" -lt "$(cat "$fence")" ]; then
  echo 'a later attempt was started meanwhile' > "$log"
  end 75
fi
printf '%s\n' "${unit##*/}" > "$unit/../current"
cd "$TUTOR_ROOT" 2>/dev/null || { printf 'there is no folder %s\n' "$TUTOR_ROOT" > "$log"; end 1; }
/bin/sh "$unit/secrets.sh" "$unit/values" > /dev/null 2>&1 || true
rc=0
/bin/sh "$unit/script.sh" "$unit/values" >> "$log" 2>&1 < /dev/null || rc=$?
# The agent takes 194 for a wish to restart the host.
[ "$rc" != 194 ] || rc=1
end "$rc"
