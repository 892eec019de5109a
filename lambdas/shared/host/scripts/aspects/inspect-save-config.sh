# The environment is new and of this Tutor, and no password is another one than before.
read_log
logged 'Configuration saved to' || problem 'tutor did not say that it has saved the configuration'
logged 'Environment generated in' || problem 'tutor did not say that it has made the environment'
assets="$TUTOR_ROOT/env/plugins/aspects/build/aspects-superset"
[ -d "$assets" ] || problem "there is no folder $assets: the plugin is not enabled, or it is another root"
version=$(cat "$TUTOR_ROOT/env/version" 2>/dev/null || true)
[ "$version" = "$(tutor_version)" ] || problem "the environment is of Tutor ${version:-unknown}"
changed=
hashes=$(secret_hashes)
while read -r name hash; do
  printf '%s\n' "$hashes" | grep -Fxq "$name $hash" || changed="$changed $name"
done < "$UNIT_FOLDER/passwords"
[ -z "$changed" ] || problem "these were changed by config save:$changed"
member secrets "$(js_number "$(wc -l < "$UNIT_FOLDER/passwords" | tr -d ' ')")"
trailer
