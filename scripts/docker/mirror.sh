#!/bin/sh
# Prints the address of the Debian archive that this machine's own apt uses.
set -eu
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
[ -n "$mirror" ] || { echo 'docker: apt on this machine knows no Debian archive: see sources.list(5)' >&2; exit 1; }
printf '%s\n' "${mirror%/}"
