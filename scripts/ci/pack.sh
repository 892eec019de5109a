#!/usr/bin/env bash
# Packs the package and its command as a registry would have them. Usage: pack.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quiet() { "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }; }
quiet npm run build
quiet node scripts/pack-tool.mjs
mkdir -p "$1"
quiet npm pack --ignore-scripts --pack-destination "$1" . ./tools/dist
