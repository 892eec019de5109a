# Stop: let it end, for half an environment is none
# Writes the environment of the new plugin; what the old one had left there goes first.
right_root
secret_hashes > "$unit/passwords"
# `config save` removes no file, and orphaned assets would be imported.
rm -rf "$TUTOR_ROOT/env/plugins/aspects/build/aspects-superset"
tutor config save
