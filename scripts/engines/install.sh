#!/usr/bin/env bash
#
# Builds the two programs that pull as ECS's engines do (containerd of Fargate, dockerd of instances) into .engines/bin, from
# the Go module proxy. A program is built again only if its source or a version has changed.
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD/../..
bin=$root/.engines/bin

mkdir -p "$bin"
# The folder is a cache and ignores itself.
echo '*' >"$root/.engines/.gitignore"

for engine in containerd dockerd; do
  source=$(find exchange "$engine" -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c 1-16)
  target=$bin/$engine-$source
  if [ ! -x "$target" ]; then
    # Without cgo the program runs on whatever machine the cache is restored on; renamed, it is never half a program.
    (cd "$engine" && CGO_ENABLED=0 GOFLAGS='-buildvcs=false -mod=readonly' nice go build -ldflags '-s -w' -o "$target.part" .)
    mv "$target.part" "$target"
  fi
  ln -sf "$engine-$source" "$bin/$engine"
done

echo "containerd $(cd containerd && go list -m -f '{{.Version}}' github.com/containerd/containerd/v2)"
echo "dockerd $(cd dockerd && go list -m -f '{{.Version}}' github.com/docker/docker)"
