#!/bin/sh
# systemd-run --quiet --unit=NAME --uid=USER COMMAND: a session of its own, as the user, known by its name.
[ "$1" = --quiet ] || exit 1
unit="${2#--unit=}"
REHEARSED_USER="${3#--uid=}"
export REHEARSED_USER
shift 3
mkdir -p "$REHEARSED_SANDBOX/run/units"
(exec setsid "$@") > /dev/null 2>&1 < /dev/null &
echo "$!" > "$REHEARSED_SANDBOX/run/units/$unit.service"
