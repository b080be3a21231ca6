#!/usr/bin/env bash
#
# enter.sh <command> [argument ...]: runs the command in a world of its own. It has no network but loopback, on which the names of
# registries and of CloudFormation have public addresses, and its own mounts and processes. Everything that is written below /run, and every temporary
# file, is in memory.
#
# When the command ends, or this script is killed, the kernel ends every process of the world, and with them go the mounts, the
# network and the files. Empty cgroups stay if this script is killed: the next start removes them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# Where the engines put the cgroups of their containers. Worlds that are there at the same time need names of their own.
export WORLD_CGROUP=${WORLD_CGROUP:-cdk-private-registry-world}
# They get addresses for documentation, so that nobody real is ever asked. The pull check accepts these as public ones.
names='ghcr.io registry.example.com auth.example.com nexus.example.com registry-1.docker.io auth.docker.io cloudformation.eu-west-1.amazonaws.com'

# require_rights: container engines mount file systems and create network devices.
require_rights() {
  local missing=() effective
  effective=$((16#$(awk '/^CapEff:/ { print $2 }' /proc/self/status)))
  [ "$(id -u)" -eq 0 ] || missing+=(root)
  for right in CAP_NET_ADMIN:12 CAP_SYS_CHROOT:18 CAP_SYS_ADMIN:21 CAP_MKNOD:27; do
    ((effective >> ${right#*:} & 1)) || missing+=("${right%:*}")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    echo "container engines need rights that this process does not have: ${missing[*]}" >&2
    exit 1
  fi
}

# A cgroup with processes in it cannot be removed.
remove_empty_cgroups() {
  find /sys/fs/cgroup -depth -type d -path "*/$WORLD_CGROUP*" -exec rmdir {} \; 2>/dev/null || true
}

# The first process of the world: it waits for the command and reaps what is left of others.
if [ "${1:-}" = --inside ]; then
  shift
  ip link set lo up
  mount -t tmpfs -o mode=755 world /run
  mkdir -m 1777 /run/tmp
  echo '127.0.0.1 localhost' >/run/hosts
  last=10
  for name in $names; do
    ip address add "198.51.100.$last/32" dev lo
    echo "198.51.100.$last $name" >>/run/hosts
    last=$((last + 1))
  done
  mount --bind /run/hosts /etc/hosts
  status=0
  TMPDIR=/run/tmp "$@" || status=$?
  exit "$status"
fi

require_rights
remove_empty_cgroups
status=0
setpriv --pdeathsig KILL -- unshare --net --mount --pid --fork --kill-child=KILL --mount-proc -- "$here/enter.sh" --inside "$@" || status=$?
remove_empty_cgroups
exit "$status"
