#!/bin/sh
# getent passwd USER: the user's home is in the sandbox.
printf '%s:x:1000:1000::%s/home/%s:/bin/bash\n' "$2" "$REHEARSED_SANDBOX" "$2"
