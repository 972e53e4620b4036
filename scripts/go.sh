#!/bin/sh
# Runs Go with the given arguments: the machine's own when it is new enough for the modules under test/, else the pinned one,
# which any Go, however old, can fetch as a module. It stays in build/.
set -eu

wanted=1.25.8
pinned=$(cd "$(dirname "$0")/.." && pwd)/build/go-$wanted
export GOTOOLCHAIN=local

have=$(go env GOVERSION)
newest=$(printf '%s\n' "go$wanted" "$have" | sort -V | tail -n 1)
[ "$newest" != "$have" ] || exec go "$@"

if [ ! -x "$pinned/bin/go" ]; then
  echo "go: fetching $wanted, for $have is too old" >&2
  module=golang.org/toolchain@v0.0.1-go$wanted.linux-$(go env GOARCH)
  from=$(cd / && GOFLAGS=-mod=mod go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  mkdir -p "$(dirname "$pinned")"
  rm -rf "$pinned.new"
  cp -r "$from" "$pinned.new"
  # modules have neither programs nor files that can be written to
  chmod -R u+w "$pinned.new"
  chmod +x "$pinned.new"/bin/* "$pinned.new"/pkg/tool/*/*
  mv "$pinned.new" "$pinned"
fi
unset GOROOT
exec "$pinned/bin/go" "$@"
