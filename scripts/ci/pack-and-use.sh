#!/usr/bin/env bash
# Packs the package and its command, installs both into an empty project as a user does, compiles and synthesizes an
# app of three exported steps there, and rehearses it: a worker is killed, the run is redriven. Synthesizes the
# package's own runbooks too.
set -euo pipefail
cd "$(dirname "$0")/../.."
checkout=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
quiet() { "$@" >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }; }

bash scripts/ci/pack.sh "$out"

# What a consumer needs, and nothing else: SQL and examples, no other source and no test.
for tarball in "$out"/upgrade-runbooks-*.tgz; do tar -tzf "$tarball"; done >"$out/files"
needless=$(grep -E '\.test\.|/test/|\.ts$|/\.' "$out/files" | grep -vE '/docs/examples/|\.d\.ts$' || true)
if [ -n "$needless" ]; then echo "a package holds what nobody needs: $needless"; exit 1; fi

mkdir "$out/user"
cp -R docs/examples/sales-summary/. "$out/user/"
version() { node -p "require('./package.json').devDependencies['$1']"; }
tools="aws-cdk-lib@$(version aws-cdk-lib) constructs@$(version constructs) typescript@$(version typescript) @types/node@$(version @types/node)"
cd "$out/user"
sed -i "s#'../../../lib'#'upgrade-runbooks'#" app.ts
quiet npm init --yes
# shellcheck disable=SC2086 # a list of words
quiet npm install --no-audit --no-fund --prefer-offline "$out"/upgrade-runbooks-*.tgz $tools
npx --no-install tsc --strict --module node16 --moduleResolution node16 --target es2022 --types node app.ts
CDK_OUTDIR=cdk.out node app.js
npx --no-install runbooks rehearse sales-summary-rebuild --scenario rehearsal --clock virtual --approve \
  --fault kind=kill,task=RunBatches,nth=2 --redrive 1 >"$out/rehearsal.log" 2>&1 || { cat "$out/rehearsal.log"; exit 1; }
# The runbooks themselves, of a target in the project's own folder.
mkdir config && cp node_modules/upgrade-runbooks/config/example.json config/
quiet "$checkout/node_modules/.bin/cdk" synth --app "npx --no-install upgrade-runbooks" --quiet --no-notices --no-version-reporting --output runbooks.out
# What a user deploys is what was tested: the templates of the checkout, flags of CDK included.
(cd "$checkout" && npx --no-install cdk synth --quiet --no-notices --output "$out/checkout.out" >"$out/log" 2>&1) || { cat "$out/log"; exit 1; }
for template in "$out"/checkout.out/*.template.json; do cmp "$template" "runbooks.out/$(basename "$template")"; done
grep '^SUCCEEDED after 1 redrive' "$out/rehearsal.log"
echo "the packed package compiles, synthesizes and is rehearsed by a user"
