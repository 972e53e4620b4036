#!/bin/sh
# Gives a Docker to whoever needs one: the machine's own where it works and has compose and buildx, otherwise an engine that is
# unpacked below build/docker, nothing of it installed, and a daemon that runs as long as it is needed.
#   scripts/docker/engine.sh run COMMAND ...   runs the command with a Docker, and stops the daemon if it was started for that
#   scripts/docker/engine.sh up | down         for work by hand; up prints the variables to set
set -eu
cd "$(dirname "$0")/../.."

engine=$PWD/build/docker/engine
runtime=/run/beyla-docker # short: paths of sockets may have 107 characters
socket=unix://$runtime/docker.sock
log=build/docker/dockerd.log

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

is_complete() { docker info && docker compose version && docker buildx version; } >/dev/null 2>&1

# The packages of the moving suite are taken as they are today: Debian 12's engine is too old for the capabilities that BPF has
# of its own. They need no newer libraries, except runc, which is therefore the machine's.
fetch() {
  [ ! -e "$engine/.complete" ] || return 0
  command -v apt-get >/dev/null || die 'No working Docker with compose and buildx here, and no apt-get to fetch one with.'
  say 'docker: fetching an engine of its own, since this machine has none that works'
  rm -rf "$engine" && mkdir -p "$engine/lists/partial" "$engine/cache/archives/partial" "$engine/debs"
  own='containerd runc'
  options="-o APT::Sandbox::User=root"
  if (. /etc/os-release && [ "$ID" = debian ]); then
    mirror=$(scripts/docker/mirror.sh)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror unstable main" \
      >"$engine/sources.list"
    newer="docker.io docker-cli docker-compose docker-buildx tini-static"
    theirs="$options -o Dir::State::lists=$engine/lists -o Dir::Cache=$engine/cache
      -o Dir::Etc::sourcelist=$engine/sources.list -o Dir::Etc::sourceparts=-"
    # shellcheck disable=SC2086 -- lists of options and names
    (cd "$engine/debs" && apt-get -qq $theirs update && apt-get -qq $theirs download $newer) >/dev/null ||
      die 'docker: the packages of the engine could not be fetched'
  else
    own="$own docker.io docker-compose-v2 docker-buildx"
  fi
  # shellcheck disable=SC2086
  (cd "$engine/debs" && apt-get -qq $options download $own >/dev/null) || die "docker: could not fetch $own"
  for package in "$engine"/debs/*.deb; do dpkg -x "$package" "$engine"; done
  rm -rf "$engine/lists" "$engine/cache" "$engine/debs"
  touch "$engine/.complete"
}

use_own() {
  fetch
  PATH=$engine/usr/sbin:$engine/usr/bin:$PATH:/usr/sbin:/sbin
  DOCKER_CONFIG=$PWD/build/docker/config
  mkdir -p "$DOCKER_CONFIG"
  echo "{\"cliPluginsExtraDirs\": [\"$engine/usr/libexec/docker/cli-plugins\"]}" >"$DOCKER_CONFIG/config.json"
  export PATH DOCKER_CONFIG
  ! is_complete || return 0 # a daemon runs, only the client lacked something
  export DOCKER_HOST=$socket
}

start() {
  use_own
  ! is_complete || return 0
  [ "$(id -u)" = 0 ] || die 'docker: starting a daemon takes root.'
  mkdir -p build/docker/data "$runtime"
  say "docker: starting a daemon; it logs to $log"
  sysctl -n net.ipv4.ip_forward >"$runtime/ip_forward"
  iptables -S FORWARD | head -n 1 >"$runtime/forward_policy"
  # A session of its own, so that Ctrl-C in a terminal reaches whoever uses it first.
  setsid dockerd --host "$socket" --pidfile "$runtime/dockerd.pid" --exec-root "$runtime/exec" --data-root "$PWD/build/docker/data" \
    --userland-proxy-path "$engine/usr/sbin/docker-proxy" --init-path "$engine/usr/bin/docker-init" >"$log" 2>&1 </dev/null &
  daemon=$!
  tries=0
  until docker info >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 120 ] || ! kill -0 $daemon 2>/dev/null; then
      tail -n 20 "$log" >&2
      die 'docker: the daemon did not start'
    fi
    sleep 0.5
  done
  is_ours=yes
}

# Leaves the network of the machine as it was found: Docker would leave its bridge, its chains and a policy of refusal.
stop() {
  [ -e "$runtime/dockerd.pid" ] || return 0
  say 'docker: stopping the daemon; to have one for longer: eval "$(scripts/docker/engine.sh up)"'
  pid=$(cat "$runtime/dockerd.pid")
  kill "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  # shellcheck disable=SC2046 -- "-P FORWARD ACCEPT"
  iptables $(cat "$runtime/forward_policy")
  sysctl -q "net.ipv4.ip_forward=$(cat "$runtime/ip_forward")"
  ip link delete docker0 2>/dev/null || true
  for family in iptables ip6tables; do
    for table in nat filter raw; do forget "$family" "$table"; done
  done
  for mount in "$runtime"/exec/netns/*; do umount "$mount" 2>/dev/null || true; done
  rm -rf "$runtime"
}

# Removes the rules that lead into Docker's chains, then the chains.
forget() {
  rules=$("$1" -t "$2" -S 2>/dev/null | grep -E 'DOCKER|docker0') || return 0
  echo "$rules" | sed -n 's/^-A /-D /p' | while read -r rule; do eval "$1 -t $2 $rule" 2>/dev/null || true; done
  echo "$rules" | sed -n 's/^-N //p' | while read -r chain; do "$1" -t "$2" -X "$chain" 2>/dev/null || true; done
}

is_ours=no
case ${1:-} in
  run)
    shift
    is_complete || start
    [ $is_ours = no ] || trap stop EXIT
    trap 'exit 130' INT TERM
    "$@"
    ;;
  up)
    is_complete || start
    echo "export PATH='$PATH' DOCKER_HOST='${DOCKER_HOST:-}' DOCKER_CONFIG='${DOCKER_CONFIG:-}'"
    ;;
  down) use_own && stop ;;
  *) die 'usage: scripts/docker/engine.sh run COMMAND ... | up | down' ;;
esac
