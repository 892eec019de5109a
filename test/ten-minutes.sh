#!/usr/bin/env bash
# The first ten minutes, by the stopwatch: an empty folder and the packages; an account is looked at (rehearsed), the
# runbook deployed into an emulator, then started in a rehearsed account, answered, broken, redriven, reported.
# Prints each command with its seconds; --readme writes them into the README, where they are said to be.
# Usage: ten-minutes.sh PATH-OF-MINISTACK [--readme]
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD ministack=$1 readme=${2:-}
out=$(mktemp -d)
pid='' background=()
# Each in a session of its own: npx passes no signal on.
trap 'for pid in "${background[@]}"; do kill -- "-$pid" 2>"$out/log" || true; done; wait; rm -rf "$out"' EXIT
export CDK_DISABLE_CLI_TELEMETRY=true AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
unset AWS_SESSION_TOKEN AWS_PROFILE
quiet() { "$@" >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }; }
total=0

# typed WANTED-EXIT-CODE COMMAND…: what somebody types, with its seconds; its output is in $out/said.
typed() {
  local wanted=$1 start=$SECONDS code=0
  shift
  "$@" >"$out/said" 2>&1 || code=$?
  if [ "$code" != "$wanted" ]; then echo "exit code $code, not $wanted: $*"; cat "$out/said"; exit 1; fi
  row "$start" "$*"
}

# row START TEXT: a line of the table, without what is this computer's own.
row() {
  local seconds=$((SECONDS - $1)) text
  total=$((total + seconds))
  text=$(sed -E "s#$out/packages#.#g; s#arn:aws:states:[^ ]*:execution:[^ ]*#\"\$EXECUTION\"#g; s#--asked [^ ]*#--asked …#" <<<"$2")
  echo "| \`$text\` | $seconds |" | tee -a "$out/table"
}

# opened ENV-FILE COMMAND…: an account that is there until the script ends, and its keys.
opened() {
  local file=$1 start=$SECONDS
  shift
  setsid "$@" --env "$file" >"$out/account.log" 2>&1 &
  background+=($!)
  until [ -s "$file" ]; do
    kill -0 "${background[-1]}" 2>/dev/null || { cat "$out/account.log"; exit 1; }
    sleep 0.2
  done
  row "$start" "$* &"
  # shellcheck disable=SC1090 # written a moment ago
  source "$file"
}

# Before the stopwatch: what a registry would have.
bash scripts/ci/pack.sh "$out/packages"
mkdir "$out/user"
version() { node -p "require('./package.json').devDependencies['$1']"; }
cdk="aws-cdk@$(version aws-cdk) aws-cdk-lib@$(version aws-cdk-lib) constructs@$(version constructs)"

cd "$out/user"
quiet npm init --yes
# shellcheck disable=SC2086 # a list of words
typed 0 npm install --save-dev --no-audit --no-fund "$out"/packages/*.tgz $cdk

opened before.env npx --no-install runbooks account --scenario clickstream
typed 0 npx --no-install runbooks init clickstream --project my_project_ab12 --region us-east-1 --target prod \
  --console-role-arn arn:aws:iam::000000000000:role/clickstream-console-update

# The emulator takes a twelve-digit access key for the account.
port=$((20000 + RANDOM % 20000))
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 setsid "$ministack" >"$out/emulator.log" 2>&1 &
background+=($!)
for _ in $(seq 60); do curl -sf "http://127.0.0.1:$port/_ministack/health" >"$out/health" && break; sleep 0.5; done
emulator=(env -u AWS_SESSION_TOKEN "AWS_ENDPOINT_URL=http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=emulator)
deployed() { "${emulator[@]}" npx --no-install cdk "$@" --no-notices; }
cdk_typed() {
  local start=$SECONDS
  quiet deployed "$@"
  row "$start" "npx cdk $*"
}
cdk_typed bootstrap -c target=prod
cdk_typed deploy -c target=prod --all --require-approval never
grep -q '✅' "$out/log"

opened account.env npx --no-install runbooks account clickstream-console-update --assembly cdk.out \
  --fault kind=denied,service=cloudformation,operation=ExecuteChangeSet,nth=1
echo '{ "targetVersion": "1.1.15" }' >input.json
typed 0 npx --no-install runbooks start prod-clickstream-console-update --input input.json
execution=$(grep -oE 'arn:aws:states:[^ ]*:execution:[^ ]*' "$out/said" | head -1)

start=$SECONDS
until npx --no-install runbooks watch "$execution" --once >"$out/said" && grep -q 'Gate change-set asks since' "$out/said"; do sleep 1; done
row "$start" "npx --no-install runbooks watch $execution"
asked=$(grep -oE -- '--asked [^ ]+' "$out/said" | head -1)
# shellcheck disable=SC2086 # an option and its value
typed 0 npx --no-install runbooks answer "$execution" change-set approve $asked --by Ada --reason 'read it'
typed 1 npx --no-install runbooks watch "$execution"
grep -q 'FAILED' "$out/said"
typed 0 npx --no-install runbooks redrive "$execution" --yes --watch
grep -q 'SUCCEEDED' "$out/said"
typed 0 npx --no-install runbooks report "$execution" --html report.html
grep -q '<!doctype html>' report.html
echo "| all | $total |" | tee -a "$out/table"

if [ "$readme" = --readme ]; then
  node -e '
    const { readFileSync, writeFileSync } = require("fs");
    const [file, table] = process.argv.slice(1);
    const [begin, end] = ["<!-- ten minutes -->\n", "<!-- end of ten minutes -->"];
    const text = readFileSync(file, "utf8");
    const [head, rest] = text.split(begin), [, tail] = rest.split(end);
    const rows = readFileSync(table, "utf8");
    writeFileSync(file, `${head}${begin}| Typed | Seconds |\n|---|---|\n${rows}${end}${tail}`);
  ' "$checkout/README.md" "$out/table"
fi
