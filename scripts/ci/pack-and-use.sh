#!/usr/bin/env bash
# Packs the package, unpacks it as a dependency of an empty project, compiles and synthesizes a stack that uses it.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
npm run build >"$out/build.log" 2>&1 || { cat "$out/build.log"; exit 1; }
npm pack --ignore-scripts --silent --pack-destination "$out" >/dev/null
mkdir -p "$out/user/node_modules/upgrade-runbooks"
tar -xzf "$out"/upgrade-runbooks-*.tgz -C "$out/user/node_modules/upgrade-runbooks" --strip-components 1
for name in aws-cdk-lib constructs zod typescript @types @aws-cdk; do ln -s "$root/node_modules/$name" "$out/user/node_modules/$name"; done
cp docs/examples/batched-procedure.ts docs/examples/*.sql "$out/user/"
cd "$out/user"
sed -i "s#'../../lib'#'upgrade-runbooks'#" batched-procedure.ts
"$root/node_modules/.bin/tsc" --strict --module node16 --moduleResolution node16 --target es2022 --skipLibCheck --types node --outDir built batched-procedure.ts
cp ./*.sql built/
CDK_OUTDIR=cdk.out node built/batched-procedure.js
ls cdk.out/*.template.json >/dev/null
echo "the packed package compiles and synthesizes for a user"
