#!/bin/sh
# Time of the rehearsal; what is to be read from a text is the same everywhere.
if [ "$1" = +%s ]; then
  cat "$REHEARSED_SANDBOX/clock"
  echo
else
  exec /bin/date "$@"
fi
