#!/bin/sh
# Leaves a static libbpf in build/libbpf: libbpf.a and include/. Distributions ship older versions, and archives that
# cannot be linked into an addon (no -fPIC), so a pinned release is built from source: the machine's own apt mirror
# usually has it, upstream always does. Both give the same tar, and its checksum is what is pinned.
set -eu
cd "$(dirname "$0")/.."

version=1.5.0
tar_sha256=cd5596cc52b9d41f39b266b92fb1fb6b39c20b338e87ce8db3c4af8d1204e874
out=$PWD/build/libbpf
source=$out/libbpf-$version

say() { printf '%s\n' "$*" >&2; }

# Every mirror apt is configured with, whatever its protocol, proxy or credentials: apt downloads, its sources stay as they are.
from_apt() {
  [ -x /usr/lib/apt/apt-helper ] || return 1
  # shellcheck disable=SC2016 -- the placeholder is apt's
  for mirror in $(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u); do
    /usr/lib/apt/apt-helper -o APT::Sandbox::User="$(id -un)" download-file \
      "${mirror%/}/pool/main/libb/libbpf/libbpf_$version.orig.tar.gz" "$1" >/dev/null 2>&1 && unpack "$1" && return
  done
  return 1
}

from_upstream() {
  url=https://github.com/libbpf/libbpf/archive/refs/tags/v$version.tar.gz
  { curl -fsSL --retry 2 -o "$1" "$url" 2>/dev/null || wget -qO "$1" "$url" 2>/dev/null; } && unpack "$1"
}

unpack() {
  gzip -dc "$1" >"$1.tar" 2>/dev/null || return 1
  if ! echo "$tar_sha256  $1.tar" | sha256sum --check --status; then
    say "libbpf: a download is not the pinned $version; ignored"
    return 1
  fi
  rm -rf "$out/unpacking" && mkdir "$out/unpacking"
  tar -xf "$1.tar" -C "$out/unpacking"
  mv "$out/unpacking/libbpf-$version" "$source"
  rmdir "$out/unpacking"
}

mkdir -p "$out"
if [ ! -d "$source/src" ]; then
  archive=$(mktemp)
  trap 'rm -f "$archive" "$archive.tar"' EXIT
  say "libbpf: fetching $version"
  from_apt "$archive" || from_upstream "$archive" || {
    say "libbpf $version could not be fetched, neither from the apt mirrors of this machine nor from upstream."
    say "Unpack its release into $source and run this again."
    exit 1
  }
fi

say "libbpf: building $version"
unset MAKEFLAGS MFLAGS # of a make that called this
make -s -C "$source/src" -j2 BUILD_STATIC_ONLY=1 NO_PKG_CONFIG=1 CFLAGS='-O2 -fPIC -w' OBJDIR="$out/obj" \
  DESTDIR= PREFIX="$out" LIBDIR="$out" INCLUDEDIR="$out/include" UAPIDIR="$out/include" \
  install_headers install_uapi_headers "$out/obj/libbpf.a" >/dev/null
cp "$out/obj/libbpf.a" "$out/libbpf.a"
