# Runs an inspection, which changes nothing, and prints its trailer without secrets. It has a folder of its own: an
# earlier one whose worker has died may still run, or come late. The last to end is kept for whoever reads its log.
mkdir -p "$HOST_STATE"
find "$HOST_STATE" -maxdepth 1 -name '*-look.??????' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
dir=$(mktemp -d "$HOST_STATE/$UNIT-look.XXXXXX")
write_files "$dir"
printf "export UNIT_FOLDER='%s'\nexport UNIT_STARTED='%s'\n" "$HOST_STATE/$UNIT" \
  "$(cat "$HOST_STATE/$UNIT/started" 2>/dev/null || true)" >> "$dir/values"
[ "$(id -un)" = "$HOST_USER" ] || chown "$HOST_USER" "$HOST_STATE"
give_to_user "$dir"
rc=0
as_user /bin/sh -c 'cd "$1" 2>/dev/null || cd /; exec /bin/sh "$2" "$3"' sh \
  "$TUTOR_ROOT" "$dir/script.sh" "$dir/values" > "$dir/log" 2> "$dir/errors" < /dev/null || rc=$?
fresh_secrets "$dir"
line=$(grep '^RUNBOOK-TRAILER ' "$dir/log" | tail -n 1 | redact "$dir/secrets" || true)
if [ "$rc" = 0 ] && [ -n "$line" ]; then
  printf '%s\n' "$line"
else
  state looked ",\"rc\":$rc,\"tail\":$(js "$(clean_tail "$dir/errors" "$dir/secrets" 1000)")"
fi
rm -rf "$HOST_STATE/$UNIT-look" || true
mv -T "$dir" "$HOST_STATE/$UNIT-look" 2>/dev/null || rm -rf "$dir"
