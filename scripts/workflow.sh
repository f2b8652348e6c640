#!/usr/bin/env bash
# Runs a target of the workflow on all cores: scripts/workflow.sh demo [further snakemake options].
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -eq 0 ]; then
  echo "workflow.sh: expected a target, one of demo, smoke, corpus, corpus_smoke, audit," \
    "audit_smoke, evidence, frontier, frontier_smoke, safety, scenarios, thesis, thesis_smoke," \
    "topologies" >&2
  exit 2
fi
cores=$(nproc) # before the settings below, which it would heed
# Parallelism comes from processes: a second pool of threads in each would only get in the way.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
# One run at a time. Snakemake's own lock would outlive a run that was killed.
mkdir -p results
exec 9>results/.lock
flock --nonblock 9 || {
  echo "workflow.sh: another run is under way in this folder" >&2
  exit 2
}
# Debian's own, whatever Python comes first on the PATH: it has the plotting libraries.
exec /usr/bin/snakemake "$@" --snakefile workflow/Snakefile --cores "$cores" --nolock \
  --rerun-incomplete --rerun-triggers mtime params
