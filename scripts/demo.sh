#!/usr/bin/env bash
# The main job on a fresh machine: installs what is missing, builds, simulates Raft clusters under
# faults, trains the detector on what the peers observed, evaluates it on runs that it never saw,
# and watches a five-region cluster live. Pictures and tables go to results/demo/.
#
#   scripts/demo.sh           the demo
#   scripts/demo.sh --smoke   the same in small, to check that everything runs
# Interrupted, it goes on where it was when called again.
set -euo pipefail
cd "$(dirname "$0")/.."

target=demo
case "${1:-}" in
  "") ;;
  --smoke) target=smoke ;;
  *) echo "demo.sh: unknown argument '$1', expected nothing or --smoke" >&2; exit 2 ;;
esac

scripts/build.sh programs
scripts/workflow.sh "$target"

echo
cat "results/$target/detection.txt"
echo
echo "Pictures: results/$target/training_history.png, confusion_matrix.png, timeline.png"
echo "Tables:   results/$target/detection.csv, results/$target/evaluation/metrics.csv"
