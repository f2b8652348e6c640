#!/usr/bin/env bash
# Builds the fuzz targets, replays the inputs that are kept in fuzz/corpus and looks for new ones.
# Usage: scripts/fuzz.sh [seconds for each target, default 10] [target...]
# What makes a target fail is left in build-fuzz/found/. Whatever is new and worth keeping is added
# to fuzz/corpus by: scripts/fuzz.sh --merge
set -euo pipefail
cd "$(dirname "$0")/.."

merge=false
if [ "${1:-}" = --merge ]; then
  merge=true
  shift
fi
seconds=${1:-10}
case "$seconds" in
  *[!0-9]*) echo "fuzz.sh: '$seconds' is no number of seconds" >&2; exit 2 ;;
esac
[ $# -eq 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(raft-core raft-codecs wire-formats swim-core)

cmake --preset fuzz >/dev/null
cmake --build build-fuzz --target nc-fuzzers >build-fuzz/build.log || { cat build-fuzz/build.log >&2; exit 1; }
mkdir -p build-fuzz/found
for target in "${targets[@]}"; do
  program=build-fuzz/bin/nc-fuzz-$target
  [ -x "$program" ] || { echo "fuzz.sh: there is no target '$target'" >&2; exit 2; }
  kept=fuzz/corpus/$target
  grown=build-fuzz/corpus/$target
  mkdir -p "$kept" "$grown"
  if $merge; then
    "$program" -set_cover_merge=1 -max_len=1024 "$kept" "$grown" 2>&1 | tail -n 1
    continue
  fi
  echo "== $target: replay"
  find "$kept" -type f -print0 | xargs -0 -r "$program" >build-fuzz/replay.log 2>&1 ||
    { cat build-fuzz/replay.log >&2; exit 1; }
  echo "== $target: $seconds s"
  [ "$seconds" -eq 0 ] ||
    "$program" -max_total_time="$seconds" -max_len=1024 -timeout=10 -print_final_stats=1 \
      -artifact_prefix="build-fuzz/found/$target-" "$grown" "$kept" \
      >build-fuzz/fuzz.log 2>&1 || { tail -n 60 build-fuzz/fuzz.log >&2; exit 1; }
  grep -E "^stat::(number_of_executed_units|average_exec)|DONE" build-fuzz/fuzz.log || true
done
