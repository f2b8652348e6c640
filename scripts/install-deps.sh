#!/usr/bin/env bash
# Installs the Debian packages that the project needs and that are not there yet.
# With --dev also what only checks of the source need (formatting, clang-tidy, Doxygen).
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache mold git ca-certificates
  libns3-dev libboost-dev libboost-program-options-dev libfccp-dev nlohmann-json3-dev
  libtorch-dev libopenblas0-serial
  libgtest-dev
  libhdf5-dev
  snakemake python3-matplotlib python3-pandas python3-h5py python3-sklearn
)
developer_packages=(clang clang-format clang-tidy libclang-rt-14-dev doxygen libbenchmark-dev)

case "${1:-}" in
  "") ;;
  --dev) packages+=("${developer_packages[@]}") ;;
  *) echo "install-deps.sh: unknown argument '$1', expected nothing or --dev" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "install-deps.sh: not root and no sudo; install these Debian packages: ${missing[*]}" >&2
    exit 2
  }
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
