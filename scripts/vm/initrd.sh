#!/bin/sh
# Packs what a guest starts from: busybox, our first program, and the modules that lead to this machine's files.
#   scripts/vm/initrd.sh KERNEL_FOLDER      prints the archive, made again when its parts are newer
set -eu
here=$(cd "$(dirname "$0")" && pwd)

folder=$1
release=$(cat "$folder/release")
archive=$folder/initrd.cpio
if [ -s "$archive" ] && [ -z "$(find "$here/initrd.sh" "$here/guest" "$folder/release" -newer "$archive")" ]; then
  echo "$archive"
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/bin" "$work/root/modules"
cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$here/guest/init" "$here/guest/main" "$work/root/"

# In the order in which they are to be loaded.
n=100
for module in virtio_pci virtiofs overlay; do
  modprobe -d "$folder" -S "$release" --show-depends "$module" | sed -n 's/^insmod \(\S*\).*/\1/p'
done | awk '!seen[$0]++' | while read -r file; do
  n=$((n + 1))
  name=$(basename "$file")
  case $file in
    *.xz) xz -dc "$file" ;;
    *.zst) zstd -dcq "$file" ;;
    *) cat "$file" ;;
  esac >"$work/root/modules/$n-${name%%.*}.ko"
done
(cd "$work/root" && find . | cpio -o -H newc --quiet) >"$work/initrd.cpio"
mv "$work/initrd.cpio" "$archive"
echo "$archive"
