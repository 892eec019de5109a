# Stop: let it end, for half an environment is none
# Writes the environment of the new plugin; what the old one had left there goes first.
right_root
# Of each secret a hash: the inspection sees whether one has changed, and nobody sees which it is.
awk '/^[A-Z0-9_]*(PASSWORD|SECRET|KEY|TOKEN)[A-Z0-9_]*:/ { print }' "$TUTOR_ROOT/config.yml" | while read -r line; do
  printf '%s %s\n' "${line%%:*}" "$(printf '%s' "$line" | sha256sum | cut -c 1-64)"
done > "$unit/passwords"
# `config save` removes no file, and orphaned assets would be imported.
rm -rf "$TUTOR_ROOT/env/plugins/aspects/build/aspects-superset"
tutor config save
