#!/bin/sh
# Installs the Debian packages of a list into a layer of the image and leaves nothing of apt behind.
#   image/packages.sh image/runtime-packages.txt
set -eu
export DEBIAN_FRONTEND=noninteractive
packages=$(grep -v '^#' "$1")
apt-get update -qq
# shellcheck disable=SC2086 -- a list of names
apt-get install -y -qq --no-install-recommends $packages
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/log/apt /var/log/dpkg.log
