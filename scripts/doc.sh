#!/usr/bin/env bash
# Builds the API documentation into doc/html; a warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
doxygen doc/Doxyfile >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
if grep -E 'warning:|error:' "$log" >&2; then
  exit 1
fi
