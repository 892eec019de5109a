#!/bin/sh
# runuser -u USER -- COMMAND: nobody becomes another user here; it is written down who it would be.
[ "$1" = -u ] && [ "$3" = -- ] || exit 1
REHEARSED_USER="$2"
export REHEARSED_USER
shift 3
exec "$@"
