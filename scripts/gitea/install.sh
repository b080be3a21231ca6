#!/usr/bin/env bash
#
# Builds Gitea into .gitea/, from the Go module proxy: minutes of processor time, so it is no part of .ci/run. What is there
# already is left alone. Needs Go, a C compiler for SQLite, and git.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The newest version of which all modules are on the proxy.
VERSION=v1.26.0
folder=$PWD/.gitea
source=$folder/source-$VERSION

mkdir -p "$folder"
# The folder is a cache and ignores itself.
echo '*' >"$folder/.gitignore"

if [ ! -x "$folder/gitea-$VERSION" ]; then
  module=$(go mod download -json "code.gitea.io/gitea@$VERSION" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
  # The module cache is read-only, and the server reads its templates from this folder.
  rm -rf "$source"
  cp -r "$module" "$source"
  chmod -R u+w "$source"
  (cd "$source" && CGO_ENABLED=1 GOFLAGS=-buildvcs=false nice go build -tags 'sqlite sqlite_unlock_notify' -ldflags '-s -w' -o "$folder/gitea-$VERSION.part" .)
  mv "$folder/gitea-$VERSION.part" "$folder/gitea-$VERSION"
fi
ln -sf "gitea-$VERSION" "$folder/gitea"
ln -sfn "source-$VERSION" "$folder/source"

"$folder/gitea" --version
