#!/bin/sh
# Everything in the sandbox is of whoever rehearses.
exit 0
