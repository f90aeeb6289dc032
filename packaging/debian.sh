#!/usr/bin/env bash
# debian.sh [BUILD_FOLDER]: makes the Debian packages of packaging/debian (the program, the library, what is needed to compile with it; the
# source package, too) in a clean copy of the sources, and leaves them beside the folder; prints the name of the program's.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/release.sh
umask 022

build=$(realpath -m "${1:-build/package}")
source=$build/sidelight-$version

export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS-nocheck} # `./dev test` has run the tests
# debhelper gives what it builds a home of its own; a compiler's cache stays where it is.
if [[ -z ${CCACHE_DIR-} ]] && command -v ccache >/dev/null; then
        CCACHE_DIR=$(ccache -k cache_dir)
        export CCACHE_DIR
fi

rm -rf "$build"
mkdir -p "$build"
tar -xzf "$(packaging/source.sh "$build")" -C "$build"
mv "$build/sidelight-$version.tar.gz" "$build/sidelight_$version.orig.tar.gz"
cp -r packaging/debian "$source/debian"
chmod -R u=rwX,go=rX "$source/debian" # whatever the umask that the tree was made with
(cd "$source" && dpkg-buildpackage --no-sign) >&2

changes=$(echo "$build"/sidelight_*.changes)
mapfile -t made < <(sed -n '/^Files:/,$s/^ .* //p' "$changes")
for file in "$changes" "${made[@]/#/"$build/"}"; do
        mv "$file" "$(dirname "$build")/"
done
echo "$(dirname "$build")/sidelight_$(dpkg-parsechangelog -l "$source/debian/changelog" -S Version)_$(dpkg --print-architecture).deb"
