#!/usr/bin/env bash
# static.sh [BUILD_FOLDER [ARCHITECTURE]]: builds one program that needs no library, for any Linux of this architecture (or of aarch64, by a
# cross compiler), and leaves it with its manual as sidelight-VERSION-linux-ARCHITECTURE.tar.gz beside the folder, with its checksum; prints its
# name. Of archives it reads zip, tar and gzip alone, since libarchive is opened at run time.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/release.sh
umask 022

build=$(realpath -m "${1:-build/static}")
machine=${2:-$(uname -m)}
name=sidelight-$version-linux-$machine
tree=$build/tree

options=(--prefix=/usr --strip -Db_lto=true -Dwerror=false -Dauto_features=disabled -Dsignatures=enabled -Dstatic=true -Dprefer_static=true)
if [[ $machine != "$(uname -m)" ]]; then
        mapfile -t cross < <(packaging/cross.py "$build.$machine" "$machine")
        options+=("${cross[@]}")
fi
[[ ! -f $build/build.ninja ]] || options+=(--reconfigure)
meson setup "$build" "${options[@]}" >&2
ninja -C "$build" >&2
rm -rf "$tree"
DESTDIR=$tree meson install -C "$build" --no-rebuild --quiet >&2
mkdir "$tree/$name"
mv "$tree/usr/bin/sidelight" "$tree/usr/share" "$tree/$name/"
mkdir "$tree/$name/docs"
cp LICENSE README.md SECURITY.md "$tree/$name/"
cp docs/[!R]*.md "$tree/$name/docs/"

tarball=$(dirname "$build")/$name.tar.gz
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=ustar -C "$tree" -cf - "$name" |
        gzip -9n >"$tarball.new"
mv "$tarball.new" "$tarball"
(cd "$(dirname "$tarball")" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$tarball"
