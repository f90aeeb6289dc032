#!/usr/bin/env bash
# source.sh [FOLDER]: leaves the sources of the last commit as sidelight-VERSION.tar.gz in the folder (build/); prints its name.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(realpath -m "${1:-build}")
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build)
tarball=$folder/sidelight-$version.tar.gz
mkdir -p "$folder"
# gzip by itself: what git would call differs from version to version.
git archive --format=tar --prefix="sidelight-$version/" HEAD | gzip -9n >"$tarball.new"
mv "$tarball.new" "$tarball"
echo "$tarball"
