#!/usr/bin/env bash
# debian.sh [BUILD_FOLDER]: builds a release and leaves sidelight_VERSION_ARCHITECTURE.deb beside the folder; prints its name.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022

build=$(realpath -m "${1:-build/package}")
tree=$build/tree
architecture=$(dpkg --print-architecture)

# The shared libraries that the program needs, as a Depends field; dpkg-shlibdeps insists on a debian/control to read.
dependencies() {
        mkdir -p "$build/debian"
        : >"$build/debian/control"
        (cd "$build" && dpkg-shlibdeps -O "$tree/usr/bin/sidelight") | sed -n 's/^shlibs:Depends=//p'
}

version() {
        sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build
}

# The packages of the libraries that the program opens when it is asked for what takes them.
recommended() {
        local file
        grep -rhoP '\.file = "\Klib[^"]+\.so\.[0-9]+(?=")' src | sort -u | while read -r file; do
                dpkg-query -S "*/$file" | head -n 1 | cut -d: -f1
        done | paste -sd, | sed 's/,/, /g'
}

# control VERSION: the package's description.
control() {
        sed -e "s/@VERSION@/$1/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$(dependencies)/" \
                -e "s/@RECOMMENDS@/$(recommended)/" \
                -e "s/@SIZE@/$(installed_size)/" packaging/control.in
}

# In kibibytes, as Debian counts them: what the files hold, not what a file system makes of it.
installed_size() {
        find "$tree/usr" -printf '%y %s\n' | awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }'
}

# The same sources give the same package, wherever and whenever it is made. The tarball's files are as old as its commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y meson.build)}
export SOURCE_DATE_EPOCH

# Compiled as the tests are; a newer compiler's new warnings are no reason not to make a package.
options=(--prefix=/usr --strip -Dwerror=false -Dtests=disabled -Dprefer_static=false) # a distribution mends its libraries
[[ ! -f $build/build.ninja ]] || options+=(--reconfigure)
meson setup "$build" "${options[@]}" >&2
ninja -C "$build" >&2
rm -rf "$tree"
DESTDIR=$tree meson install -C "$build" --no-rebuild --quiet >&2
find "$tree/usr/share/man" -type f -name '*.[1-8]' -exec gzip -9n {} + 2>/dev/null || true

package=$(dirname "$build")/sidelight_$(version)_$architecture.deb
mkdir "$tree/DEBIAN"
control "$(version)" >"$tree/DEBIAN/control"
dpkg-deb --root-owner-group --build "$tree" "$package" >&2
echo "$package"
