#!/bin/sh
# A program of the host, which is a stand-in in node. What one that only looks has said while host.json and config.yml
# were what they are now, this says again without beginning node, which takes a hundred times as long.
remembered() {
  state=$(sha256sum "$REHEARSED_SANDBOX/host.json" "$TUTOR_ROOT/config.yml" 2> /dev/null)
  IFS='|'
  set -f
  name="NAME|${REHEARSED_USER-}|${TUTOR_ROOT#"$REHEARSED_SANDBOX"}|$*"
  # No slash in the name of a file.
  IFS=/
  set -- $name
  IFS='!'
  name="$*"
  unset IFS
  # A sum and a name for each of the two.
  set -- $state
  answer="$REHEARSED_SANDBOX/memory/${1-}-${3-}/$name"
}
answer=
[ -z "${TUTOR_ROOT-}" ] || remembered "$@"
if [ -f "$answer" ]; then
  {
    IFS= read -r call
    read -r status
    read -r at < "$REHEARSED_SANDBOX/clock" || :
    printf '%s,"at":%s}\n' "$call" "$at" >> "$REHEARSED_SANDBOX/calls.jsonl"
    while IFS= read -r line; do printf '%s\n' "$line"; done
  } < "$answer"
  [ ! -f "$answer.err" ] || cat "$answer.err" >&2
  exit "$status"
fi
REHEARSED_ANSWER="$answer" exec "NODE" "FILE" "$@"
