#!/usr/bin/env bash
# Synthesizes every target in config/ and checks the templates. Usage: lint-templates.sh PATH-OF-CFN-LINT
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for config in config/*.json; do
  target=$(basename "$config" .json)
  npx --no-install cdk synth --quiet --no-notices -c "target=$target" --output "$out/$target" 2>"$out/synth.log" || { cat "$out/synth.log"; exit 1; }
  if grep -iE 'warning' "$out/synth.log" | grep -v NodeVersionSupport; then echo "the synth of $target warns"; exit 1; fi
  # W3005, W3045: CDK writes explicit dependencies and bucket ownership on purpose.
  "$1" --ignore-checks W3005 W3045 -- "$out/$target"/*.template.json
done
echo "templates of $(ls config/*.json | wc -l) target(s) are clean"
