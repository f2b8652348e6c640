#!/usr/bin/env bash
# Runs clang-tidy on the sources that differ from a commit (default: the parent of HEAD) and that
# the build in build/ compiles. scripts/tidy.sh [COMMIT]
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:-$(git rev-parse --verify -q HEAD~1 || git hash-object -t tree /dev/null)}
git diff --name-only --diff-filter=d "$base" -- '*.cc' ':!*/neural-torch-*' |
  xargs -r -P "$(nproc)" -n 4 clang-tidy --quiet -p build --warnings-as-errors='*' 2>/dev/null
