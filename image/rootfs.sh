#!/bin/sh
# Lays out a root file system of nothing but the packages of a list: no shell's tools, no package manager.
#   image/rootfs.sh image/runtime-packages.txt /rootfs
set -eu
list=$(realpath "$1")
root=$2
packages=$(grep -v '^#' "$list")
mkdir -p "$root/var/lib/dpkg/status.d"
cd "$(mktemp -d)"
apt-get update -qq
# shellcheck disable=SC2086 -- a list of names
apt-get download -qq -o APT::Sandbox::User=root $packages
for package in $packages; do # base-files comes first: it has the links of the merged /usr
  dpkg -x "$package"_*.deb "$root"
  # Where scanners look for the packages of an image without dpkg.
  dpkg-deb -f "$package"_*.deb >"$root/var/lib/dpkg/status.d/$package"
done
cd "$root"
rm -rf usr/share/man usr/share/locale usr/share/lintian usr/share/bug usr/share/info usr/lib/*/gconv usr/share/gcc usr/share/gdb \
  usr/share/base-files
find usr/share/doc -type f ! -name copyright -delete
ln -sf dash usr/bin/sh
printf '%s\n' 'root:x:0:0:root:/:/sbin/nologin' 'beyla:x:65532:65532:beyla:/:/sbin/nologin' >etc/passwd
printf '%s\n' 'root:x:0:' 'beyla:x:65532:' >etc/group
mkdir -p tmp run && chmod 1777 tmp
printf '%s\n' '#!/bin/sh' 'exec /opt/beyla/bin/beyla "$@"' >beyla && chmod +x beyla
