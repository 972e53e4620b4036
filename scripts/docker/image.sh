#!/bin/sh
# Builds the agent's image, grafana/beyla, and says how large it is and how soon it is ready.
#   scripts/docker/image.sh [TAG]
set -eu
cd "$(dirname "$0")/../.."

tag=${1:-grafana/beyla}
bases=$(sed -n 's/^ARG [A-Z_]*BASE=//p' Dockerfile)
# shellcheck disable=SC2086 -- a list of names
scripts/docker/bases.sh $bases

# An authority or a registry of this machine's own counts inside the build as well, and stays out of the image.
secrets=''
[ ! -s /etc/ssl/certs/ca-certificates.crt ] || secrets="--secret id=ca,src=/etc/ssl/certs/ca-certificates.crt"
[ ! -s "$HOME/.npmrc" ] || secrets="$secrets --secret id=npmrc,src=$HOME/.npmrc"
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
for target in runtime nonroot; do
  name=$tag
  [ $target = runtime ] || name=$tag:$target
  # shellcheck disable=SC2086 -- a list of options
  docker build --quiet --pull=false $secrets --build-arg "REVISION=$revision" --target $target -t "$name" . >/dev/null
  size=$(docker image inspect -f '{{.Size}}' "$name")
  echo "$name: $((size / 1000000)) MB unpacked"
done

agent=$(docker run -d --privileged --pid=host -e BEYLA_OPEN_PORT=8080 -e BEYLA_TRACE_PRINTER=text "$tag")
trap 'docker rm -f "$agent" >/dev/null' EXIT
tries=0
until ready=$(docker logs "$agent" 2>&1 | grep 'msg=ready'); do
  tries=$((tries + 1))
  if [ $tries -gt 100 ]; then
    echo "$tag: started, but was not ready; what it said:" && docker logs "$agent" && exit 1
  fi >&2
  sleep 0.1
done
echo "$tag: ready after ${ready##*ms=} ms"
