#!/bin/sh
# setsid COMMAND: what runs apart from the agent is told from what the agent waits for.
REHEARSED_TREE="$REHEARSED_TREE-apart"
export REHEARSED_TREE
exec /usr/bin/setsid "$@"
