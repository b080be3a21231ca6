#!/usr/bin/env bash
#
# Installs what test/e2e needs beside scripts/registries/install.sh, on a Debian machine, as root: dockerd with containerd and runc,
# busybox for the images, and from PyPI moto, MiniStack and the aws command, with everything that they depend on by hash, in a
# virtual environment. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=$PWD/.e2e/venv
requirements=scripts/e2e/requirements.txt

missing=()
for package in docker.io busybox-static iproute2 util-linux; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  apt-get update -qq
  # The run level keeps the package from starting an engine.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! cmp -s "$requirements" "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  # pip has nothing to say when it works, and its own version is nobody's business here.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements"
  cp "$requirements" "$venv/installed.txt"
fi
dockerd --version
containerd --version
"$venv/bin/python" -c 'from importlib.metadata import version; print("moto", version("moto"), "and MiniStack", version("ministack"))'
