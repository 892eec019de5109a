#!/bin/sh
# systemctl is-active|stop UNIT: its whole group ends.
eval "unit=\${$#}"
read -r pid < "$REHEARSED_SANDBOX/run/units/$unit" || exit 3
case "$1" in
  is-active) kill -0 "-$pid" 2> /dev/null || exit 3 ;;
  stop) kill -TERM "-$pid" && echo "$unit" >> "$REHEARSED_SANDBOX/run/units/stopped" ;;
esac
