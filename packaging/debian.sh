#!/usr/bin/env bash
# debian.sh [BUILD_FOLDER]: builds a release and leaves its Debian packages (the program, the library, what is needed to compile with it)
# beside the folder; prints the name of the program's.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022

build=$(realpath -m "${1:-build/package}")
tree=$build/tree
architecture=$(dpkg --print-architecture)
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build)

# dependencies FILE: the shared libraries that it needs, as a Depends field; dpkg-shlibdeps insists on a debian/control to read.
dependencies() {
        mkdir -p "$build/debian"
        : >"$build/debian/control"
        (cd "$build" && dpkg-shlibdeps -O "$1") | sed -n 's/^shlibs:Depends=//p'
}

# The package of the library that unpacks archives, which the program opens when it is given one.
recommended() {
        dpkg-query -S '*/libarchive.so.13' | head -n 1 | cut -d: -f1
}

# take NAME PATTERN…: moves what fits from the whole tree to the package's own.
take() {
        local package=$build/packages/$1 path
        mkdir -p "$package"
        while IFS= read -r path; do
                mkdir -p "$package/$(dirname "$path")"
                mv "$tree/$path" "$package/$path"
        done < <(cd "$tree" && find "${@:2}" \( -type f -o -type l \) | sort)
}

# document NAME: the licence, and what changed.
document() {
        local folder=$build/packages/$1/usr/share/doc/$1
        mkdir -p "$folder"
        cp packaging/debian/copyright "$folder/copyright"
        {
                printf 'sidelight (%s) unstable; urgency=medium\n\n  * What changed stands in CHANGELOG.md.\n\n' "$version"
                printf ' -- %s  %s\n' 'The sidelight developers <sidelight@lists.example.org>' "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
        } | gzip -9n >"$folder/changelog.gz"
}

# In kibibytes, as Debian counts them: what the files hold, not what a file system makes of it.
installed_size() {
        find "$1/usr" -printf '%y %s\n' | awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }'
}

# pack NAME DEPENDS: the package from its tree.
pack() {
        local name=$1 depends=$2 package=$build/packages/$1
        mkdir -p "$package/DEBIAN"
        awk -v RS= -v name="$name" '$2 == name' packaging/debian/control.in |
                sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$depends/" -e "s/@RECOMMENDS@/$(recommended)/" \
                        -e "s/@SIZE@/$(installed_size "$package")/" >"$package/DEBIAN/control"
        (cd "$package" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$package/DEBIAN/md5sums"
        dpkg-deb --root-owner-group --build "$package" "$(dirname "$build")/${name}_${version}_$architecture.deb" >&2
}

# The same sources give the same package, wherever and whenever it is made. The tarball's files are as old as its commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y meson.build)}
export SOURCE_DATE_EPOCH

# Compiled as the tests are; a newer compiler's new warnings are no reason not to make a package.
options=(--prefix=/usr --strip -Dwerror=false -Dtests=disabled -Dprefer_static=false) # a distribution mends its libraries
[[ ! -f $build/build.ninja ]] || options+=(--reconfigure)
meson setup "$build" "${options[@]}" >&2
ninja -C "$build" >&2
rm -rf "$tree" "$build/packages"
DESTDIR=$tree meson install -C "$build" --no-rebuild --quiet >&2
rm -rf "$tree/usr/share/doc"
mkdir -p "$tree/usr/share/doc/sidelight"
cp docs/*.md SECURITY.md "$tree/usr/share/doc/sidelight/"
cp README.md "$tree/usr/share/doc/sidelight/"
gzip -9n <CHANGELOG.md >"$tree/usr/share/doc/sidelight/CHANGELOG.md.gz"
find "$tree/usr/share/man" -type f -name '*.[1-8]' -exec gzip -9n {} + 2>/dev/null || true

rm -rf "$build/all"
cp -al "$tree" "$build/all"
library=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
take libsidelight1 "$library" -name 'libsidelight.so.*'
take libsidelight-dev usr/include "$library"
take sidelight usr
for name in sidelight libsidelight1 libsidelight-dev; do
        document "$name"
done
for name in sidelight libsidelight1; do
        install -Dm644 "packaging/debian/$name.lintian-overrides" "$build/packages/$name/usr/share/lintian/overrides/$name"
done
chmod 644 "$build/packages/libsidelight1/$library"/*.so.*.*.*
mkdir "$build/packages/libsidelight1/DEBIAN" "$build/packages/sidelight/DEBIAN"
install -m755 packaging/debian/sidelight.prerm "$build/packages/sidelight/DEBIAN/prerm"
install -m755 packaging/debian/sidelight.postrm "$build/packages/sidelight/DEBIAN/postrm"
printf 'libsidelight 1 libsidelight1 (>= %s)\n' "$version" >"$build/packages/libsidelight1/DEBIAN/shlibs"
printf 'activate-noawait ldconfig\n' >"$build/packages/libsidelight1/DEBIAN/triggers"
pack sidelight "$(dependencies "$build/packages/sidelight/usr/bin/sidelight")"
pack libsidelight1 "$(dependencies "$(find "$build/packages/libsidelight1" -name 'libsidelight.so.*.*.*')")"
pack libsidelight-dev ''
echo "$(dirname "$build")/sidelight_${version}_$architecture.deb"
