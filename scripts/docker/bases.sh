#!/bin/sh
# Sees to it that base images are there, under their official names: pulled where a registry can be reached, otherwise made of
# Debian packages, npm packages and the Go toolchain, which come through apt, npm and the Go module proxy.
#   scripts/docker/bases.sh debian:trixie-slim node:24.21.0-bookworm-slim golang:1.26.8-trixie
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >&2; }

# What the official slim images leave out and set up, so that a layer built on one is no larger here.
make_debian() {
  suite=$1
  mirror=$("${0%/*}/mirror.sh")
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p "$work/apt.conf.d"
  cat >"$work/apt.conf.d/docker-clean" <<'CONF'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Acquire::Languages "none"; APT::Install-Recommends "false";
CONF
  mmdebstrap --quiet --mode=root --variant=minbase --format=tar --keyring="$key" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook='rm -f "$1/etc/hostname" "$1/etc/resolv.conf" "$1"/var/cache/apt/*.bin' \
    --customize-hook="copy-in $work/apt.conf.d/docker-clean /etc/apt/apt.conf.d" \
    "$suite" "$work/base.tar" "deb $mirror $suite main" "deb $mirror $suite-updates main" \
    "deb $mirror-security $suite-security main"
  docker import -c 'CMD ["bash"]' -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$work/base.tar" "debian:$suite-slim" >/dev/null
  rm -f "$work/base.tar"
}

# The toolchain of that version is a Go module; the machine's own is used when it is that one.
make_golang() {
  version=${1%-*}
  base=debian:${1##*-}-slim
  provide "$base"
  goroot=$(go env GOROOT)
  if [ "$(go env GOVERSION)" != "go$version" ]; then
    module=golang.org/toolchain@v0.0.1-go$version.linux-$(go env GOARCH)
    goroot=$(cd "$work" && GOTOOLCHAIN=local GOFLAGS=-mod=mod go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  fi
  printf '%s\n' "FROM $base" \
    'RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*' \
    'COPY bin /usr/local/go/bin' 'COPY pkg /usr/local/go/pkg' 'COPY src /usr/local/go/src' 'COPY VERSION go.env /usr/local/go/' \
    'RUN chmod -R a+x /usr/local/go/bin /usr/local/go/pkg/tool && mkdir -p /go' \
    'ENV GOTOOLCHAIN=local GOPATH=/go PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    >"$work/Dockerfile"
  docker build -q --pull=false -f "$work/Dockerfile" -t "golang:$1" "$goroot" >/dev/null
}

# npm carries the official binary of Node.js with its headers, and itself.
make_node() {
  version=${1%%-*}
  base=debian:${1#*-}
  provide "$base"
  binary=node-linux-$(node -p process.arch)
  npm install --silent --no-save --ignore-scripts --prefix "$work/npm" "$binary@$version" npm@11 >&2
  modules=$work/npm/node_modules
  cp -al "$modules/$binary" "$work/node" && mkdir -p "$work/node/lib/node_modules" && mv "$modules/npm" "$work/node/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/bin/npm"
  printf '%s\n' "FROM $base" 'COPY . /usr/local/' 'CMD ["node"]' >"$work/Dockerfile"
  docker build -q --pull=false -f "$work/Dockerfile" -t "node:$1" "$work/node" >/dev/null
}

provide() {
  ! docker image inspect "$1" >/dev/null 2>&1 || return 0
  say "docker: pulling $1"
  ! timeout 120 docker pull -q "$1" >/dev/null 2>&1 || return 0
  say "docker: no registry gave it, so it is made of packages"
  case $1 in
    debian:*-slim) suite=${1#debian:} && make_debian "${suite%-slim}" ;;
    node:*) make_node "${1#node:}" ;;
    golang:*) make_golang "${1#golang:}" ;;
    *) say "docker: nothing here tells how to make $1" && exit 1 ;;
  esac
}

for image in "$@"; do provide "$image"; done
