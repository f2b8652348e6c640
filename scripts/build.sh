#!/usr/bin/env bash
# Installs what is missing and builds into build/, programs in build/bin/. In CI (CI=true) warnings
# are errors. Further arguments are targets; without any, everything is built.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh
preset=release
if [ "${CI:-}" = true ]; then
  preset=ci
fi
cmake --preset "$preset" >build-configure.log 2>&1 || {
  cat build-configure.log >&2
  exit 2
}
rm -f build-configure.log
cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
