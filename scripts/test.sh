#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests. Arguments go to ctest (e.g. -R raft).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/build.sh
ctest --test-dir build --parallel "$(nproc)" --output-on-failure --no-tests=error "$@"
