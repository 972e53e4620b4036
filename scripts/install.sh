#!/bin/sh
# Installs what is missing of the given package lists, then the npm packages, then links the pinned Node.js.
#   scripts/install.sh packages.txt [test-packages.txt ...]
# A machine that has everything is left alone, and nothing but apt and npm is asked for.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

present() {
  case $1 in
    *'|'*) present "${1%%|*}" || present "${1#*|}" ;;
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# The first of "one|other" that apt knows.
candidate() {
  for name in $(echo "$1" | tr '|' ' '); do
    if apt-cache show "$name" >/dev/null 2>&1; then echo "$name"; return; fi
  done
  echo "${1%%|*}"
}

missing=''
for list in "$@"; do
  while read -r package proof why; do
    case $package in '' | '#'*) continue ;; esac
    present "$proof" && continue
    say "missing: ${package%%|*}, which $why"
    missing="$missing $package"
  done <"scripts/$list"
done

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || die "No apt-get here: install the equivalents of$missing, then run this again."
  [ "$(id -u)" = 0 ] || die "Installing them takes root: run this again as root, or install them yourself."
  export DEBIAN_FRONTEND=noninteractive
  say 'apt-get update, to know what is on offer'
  apt-get update -qq >/dev/null || say 'apt-get update reported errors; going on with what it knows'
  packages=''
  for package in $missing; do packages="$packages $(candidate "$package")"; done

  # Packages such as nginx start a service when they are installed; a build must not. 101 means "not allowed".
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  say "apt-get install$packages"
  log=$(mktemp)
  # shellcheck disable=SC2086 -- a list of names
  if ! apt-get install -y --no-install-recommends $packages >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    die "apt-get install failed; its whole output is in $log"
  fi
  rm -f "$log"
fi

# npm leaves this file behind when it has finished; it is as old as the installation.
done_by_npm=node_modules/.package-lock.json
if [ ! -e "$done_by_npm" ] || [ package-lock.json -nt "$done_by_npm" ]; then
  say 'npm ci, for the pinned Node.js and the libraries'
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  touch "$done_by_npm"
fi

case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) die "No pinned Node.js for $(uname -m): x86_64 and aarch64 are supported." ;;
esac
node=node_modules/node-linux-$arch
[ -x "$node/bin/node" ] || die "$node is missing although npm has finished: remove node_modules and run this again."
mkdir -p build
ln -sfn "../$node" build/node
