#!/usr/bin/env bash
# The slow proofs, each file in a jest of its own, two at a time: the longest first, the others in an order that the
# commit draws. After MINUTES no further file begins: what is left out is named, and comes earlier at another commit.
# Usage: slow-tests.sh MINUTES FOLDER. Leaves FOLDER/<file>.json and .log; prints a line for each file.
set -uo pipefail
minutes=$1 folder=$2
commit=$(git rev-parse HEAD 2>/dev/null || echo none)
mkdir -p "$folder"

# A long one at the end would have a core for itself.
longest='upgrade|permissions-clickstream|permissions-rdw|permissions-aspects|rdw-stops|ingestion-stops|student-module-history-stops|unload-copy|cli'

drawn() {
  npx --no-install jest --config jest.slow.config.cjs --listTests 2>/dev/null | while read -r file; do
    [[ ${file##*/} =~ ^($longest)\.test\.ts$ ]] && rank=0 || rank=1
    printf '%s-%s %s\n' "$rank" "$(printf '%s %s' "$commit" "${file##*/}" | sha256sum | cut -c1-16)" "$file"
  done | sort | cut -d' ' -f2-
}
drawn >"$folder/queue"

# next: takes the first file from the queue; fails when it is empty.
next() {
  (
    flock 9
    head -1 "$folder/queue" | grep . && sed -i 1d "$folder/queue"
  ) 9>"$folder/lock"
}

lane() {
  local file name start
  while [ "$SECONDS" -lt $((minutes * 60)) ] && file=$(next); do
    name=$(basename "$file" .test.ts) start=$SECONDS
    # Bounded: a proof that hangs is a failure, not a run that never ends.
    timeout -k 30 1500 npx --no-install jest --config jest.slow.config.cjs --runInBand --forceExit --json \
      --outputFile="$folder/$name.json" --runTestsByPath "$file" >"$folder/$name.log" 2>&1
    [ -s "$folder/$name.json" ] || echo '{"numPassedTests":0,"numFailedTests":1}' >"$folder/$name.json"
    echo "slow: $name ($((SECONDS - start)) s)"
  done
}

lane & lane
wait
while read -r file; do echo "slow: $(basename "$file" .test.ts) left out for want of time"; done <"$folder/queue"
