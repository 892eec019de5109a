#!/usr/bin/env bash
# Deploys the example stacks with the real cdk CLI into an AWS emulator, again without changes, then
# destroys them. Usage: deploy-to-emulator.sh PATH-OF-MINISTACK
set -euo pipefail
cd "$(dirname "$0")/../.."
ministack=$1
out=$(mktemp -d)
port=$((20000 + RANDOM % 20000))
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 "$ministack" >"$out/emulator.log" 2>&1 &
emulator=$!
trap 'kill $emulator 2>/dev/null; rm -rf "$out"' EXIT

# The emulator takes a twelve-digit access key for the account: the one of the example target.
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=emulator
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
unset AWS_SESSION_TOKEN AWS_PROFILE
for _ in $(seq 60); do curl -sf "$AWS_ENDPOINT_URL/_ministack/health" >/dev/null && break; sleep 0.5; done

cdk() { npx --no-install cdk "$@" --no-notices --output "$out/cdk.out"; }
cdk bootstrap aws://000000000000/us-east-1 >"$out/bootstrap.log" 2>&1 || { cat "$out/bootstrap.log"; exit 1; }
cdk deploy --all --require-approval never >"$out/first.log" 2>&1 || { tail -40 "$out/first.log"; exit 1; }
cdk deploy --all --require-approval never >"$out/second.log" 2>&1 || { tail -40 "$out/second.log"; exit 1; }
stacks=$(grep -c '✅' "$out/first.log")
unchanged=$(grep -c '(no changes)' "$out/second.log")
cdk destroy --all --force >"$out/destroy.log" 2>&1 || { tail -40 "$out/destroy.log"; exit 1; }
echo "deployed $stacks stack(s), $unchanged unchanged the second time, destroyed"
[ "$stacks" -gt 0 ] && [ "$stacks" = "$unchanged" ]
