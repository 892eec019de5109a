#!/bin/sh
# systemctl is-active|stop UNIT: its whole group ends, and a stop waits until it has.
eval "unit=\${$#}"
read -r pid < "$REHEARSED_SANDBOX/run/units/$unit" || exit 3
case "$1" in
  is-active) kill -0 "-$pid" 2> /dev/null || exit 3 ;;
  stop)
    kill -TERM "-$pid" && echo "$unit" >> "$REHEARSED_SANDBOX/run/units/stopped"
    for _ in 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9; do
      kill -0 "-$pid" 2> /dev/null || break
      /bin/sleep 0.1
    done
    ;;
esac
