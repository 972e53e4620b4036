#!/bin/sh
# Leaves a kernel of kernels.txt in the cache and prints its folder: kernel.elf, release, lib/modules. Installs nothing.
#   scripts/vm/fetch.sh SERIES
# It comes from the Debian mirror that this machine uses already; elsewhere VM_DEBIAN_MIRROR and VM_SECURITY_MIRROR name one.
set -eu
cd "$(dirname "$0")"

series=$1
cache=${VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/beyla-typescript-kernels}
folder=$cache/$series
say() { printf 'vm: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

line=$(grep "^$series " kernels.txt) || die "no kernel $series; there are $(sed -n 's/^\([0-9.]*\) .*/\1/p' kernels.txt | xargs)"
# shellcheck disable=SC2086 -- three words
set -- $line
suites=$2 release=$3

# A folder is whole when it says which line it was made for.
if [ "$(cat "$folder/made-for" 2>/dev/null)" = "$line" ]; then
  echo "$folder"
  exit
fi

mirror_of() {
  case $1 in *-security) repository=debian-security named=${VM_SECURITY_MIRROR:-} ;; *) repository=debian named=${VM_DEBIAN_MIRROR:-} ;; esac
  # shellcheck disable=SC2016 -- the placeholder is apt's
  mirror=${named:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E "/$repository/?\$" | head -n 1)}
  [ -n "$mirror" ] || die "apt has no mirror of $repository: set VM_DEBIAN_MIRROR and VM_SECURITY_MIRROR"
  echo "$mirror"
}

# Lists and downloads of its own: what apt knows of this machine stays as it is.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$folder"
: >"$work/status"
for suite in $(echo "$suites" | tr , ' '); do
  mirror=$(mirror_of "$suite")
  echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >>"$work/sources"
done
cat >"$work/apt.conf" <<CONF
Dir::State "$work"; Dir::State::lists "$work/lists"; Dir::State::status "$work/status"; Dir::Cache "$work/cache";
Dir::Etc::sourcelist "$work/sources"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONF
export APT_CONFIG="$work/apt.conf"
say "fetching kernel $series"
apt-get -qq update || die "the package lists of $suites could not be fetched"

# Up to 6.x an image is one package; later ones come in parts.
packages_of() {
  for packages in "linux-image-$1" "linux-base-$1 linux-binary-$1 linux-modules-$1"; do
    # shellcheck disable=SC2086 -- a list of names
    if apt-cache show --no-all-versions $packages >/dev/null 2>&1 && [ "$(apt-cache madison "${packages##* }" | wc -l)" -gt 0 ]; then found=$packages; fi
  done
  [ -n "${found:-}" ]
}
newest() {
  apt-cache search --names-only "^linux-(image|binary)-$(echo "$series" | sed 's/\./\\./')[.].*-cloud-amd64\$" |
    sed -E 's/^linux-(image|binary)-([^ ]*).*/\2/' | sort -uV | tail -n 1
}
if ! packages_of "$release"; then
  gone=$release
  release=$(newest)
  [ -n "$release" ] && packages_of "$release" || die "no kernel of series $series is left in $suites"
  say "$gone has left the archive: taking $release"
fi
# shellcheck disable=SC2086 -- a list of names
(cd "$work" && apt-get -qq download $found) || die "$found could not be downloaded"
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done

# The compressed kernel inside the boot image, by the offsets of its header: a guest need not unpack it under emulation.
# https://docs.kernel.org/arch/x86/boot.html (setup_sects, payload_offset, payload_length)
image=$(find "$work/root" -type f -name 'vmlinuz*')
number() { od -An -t"$1" -j"$2" -N"$3" "$image" | tr -d ' '; }
payload=$((($(number u1 497 1) + 1) * 512 + $(number u4 584 4)))
length=$(number u4 588 4)
case $(number x1 "$payload" 4) in
  fd377a58) unpack='xz -dc' ;;
  28b52ffd) unpack='zstd -dcq' ;;
  1f8b*) unpack='gzip -dc' ;;
  02214c18) unpack='lz4 -dcq' ;;
  *) die "kernel $release is packed in an unknown way" ;;
esac
# What follows the compressed data is its length: the program complains, and is right.
tail -c +$((payload + 1)) "$image" | head -c "$length" | $unpack >"$work/kernel.elf" 2>/dev/null || true
readelf -h "$work/kernel.elf" >/dev/null || die "kernel $release could not be unpacked"

rm -rf "$folder"
mkdir -p "$folder/lib/modules"
mv "$work/kernel.elf" "$folder/kernel.elf"
mv "$(find "$work/root" -type d -path "*lib/modules/$release")" "$folder/lib/modules/$release"
depmod -b "$folder" "$release"
echo "$release" >"$folder/release"
echo "$line" >"$folder/made-for"
say "kernel $series is $release"
echo "$folder"
