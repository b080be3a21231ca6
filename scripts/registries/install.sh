#!/usr/bin/env bash
#
# Installs what test/registries needs on a Debian machine: the registry of Debian (distribution 2.8) with htpasswd and skopeo
# from apt, the current distribution and crane from the Go module proxy. What is there already is left alone.
#
# zot is not among them: the Go module proxy that this project builds with refuses its modules (403 for zotregistry.dev/zot/v2
# and for the older names), and Debian has no package of it.
set -euo pipefail
cd "$(dirname "$0")/../.."

DISTRIBUTION=v3.1.2
CRANE=v0.22.1
bin=$PWD/.registries/bin

debian() {
  local missing=()
  for package in docker-registry apache2-utils skopeo openssl; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    apt-get update -qq
    # The run level keeps the package from starting a registry of its own on port 5000.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
}

# go_tool <name> <package> <version>: builds the program of that package as .registries/bin/<name>-<version>.
go_tool() {
  local target=$bin/$1-$3
  if [ ! -x "$target" ]; then
    local build
    build=$(mktemp -d "$bin/build.XXXXXX")
    trap 'rm -rf "$build"' RETURN
    # Without cgo the program runs on whatever machine the cache is restored on.
    CGO_ENABLED=0 GOBIN=$build GOFLAGS=-buildvcs=false nice go install -ldflags '-s -w' "$2@$3" 2>"$build/log" || { cat "$build/log" >&2; return 1; }
    mv "$build/${2##*/}" "$target"
  fi
  ln -sf "$1-$3" "$bin/$1"
}

mkdir -p "$bin"
# The folder is a cache and ignores itself.
echo '*' >.registries/.gitignore
debian
go_tool distribution github.com/distribution/distribution/v3/cmd/registry "$DISTRIBUTION"
go_tool crane github.com/google/go-containerregistry/cmd/crane "$CRANE"

docker-registry --version
"$bin/distribution" --version
skopeo --version
echo "crane $("$bin/crane" version)"
