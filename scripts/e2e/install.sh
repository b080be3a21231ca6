#!/usr/bin/env bash
#
# Installs what test/e2e needs beside the registries: moto and the aws command from PyPI, with everything that they depend on by
# hash, in a virtual environment of its own. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=$PWD/.e2e/venv
requirements=scripts/e2e/requirements.txt

if ! cmp -s "$requirements" "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  # pip has nothing to say when it works, and its own version is nobody's business here.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements"
  cp "$requirements" "$venv/installed.txt"
fi
"$venv/bin/python" -c 'import moto; print("moto", moto.__version__)'
