#!/usr/bin/env bash
# Checks that includes point only downwards through the layers, as doc/architecture.md draws them,
# and that LibTorch is included only where it may be.
set -euo pipefail
cd "$(dirname "$0")/../contrib/neural-consensus/model"

# layer: what it may include besides itself ("ns3" stands for ns-3's own headers)
declare -A may=(
  [raft]=""
  [detection]=""
  [evidence]="raft"
  [host]="ns3"
  [net]="ns3"
  [apps]="ns3 raft detection evidence host net"
  [faults]="ns3 raft detection evidence host net apps"
  [neural]="ns3 detection host"
)

failed=0
for layer in "${!may[@]}"; do
  while IFS=: read -r file _ include; do
    header=$(sed -E 's/.*["<](ns3\/)?([^">]+)[">].*/\2/' <<<"$include")
    owner=ns3
    for other in "${!may[@]}"; do
      [ -e "$other/$header" ] && owner=$other
    done
    [ "$owner" = "$layer" ] && continue
    if ! grep -qw "$owner" <<<"${may[$layer]}"; then
      echo "model/$file includes $header of $owner, which layer $layer may not use"
      failed=1
    fi
  done < <(grep -nE '#include "' "$layer"/*.h "$layer"/*.cc 2>/dev/null || true)
done
while read -r file; do
  case "$file" in
    model/neural/neural-torch-*.cc) ;; # compiled into a library of their own
    *) echo "$file includes LibTorch"; failed=1 ;;
  esac
done < <(cd .. && grep -rlE '^ *# *include *[<"](torch|ATen|c10)/' model helper)
exit $failed
