#!/usr/bin/env bash
# source.sh [FOLDER]: leaves the sources as sidelight-VERSION.tar.gz in the folder (build/); prints its name. They are those that git knows, as
# they stand, or all of an unpacked tarball: both give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/release.sh

folder=$(realpath -m "${1:-build}")
tarball=$folder/sidelight-$version.tar.gz

export LC_ALL=C
sources() {
        if [[ -e .git ]]; then
                comm -z -23 <(git ls-files -z | sort -z) <(git ls-files -z --deleted | sort -z)
        else
                find . -type f -not -path './build/*' -not -path './debian/*' -not -name '*.pyc' -printf '%P\0'
        fi
}

mkdir -p "$folder"
# Modes are what git knows of them: an executable file, or another.
sources | sort -z |
        tar --null --files-from=- --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --mtime="@$SOURCE_DATE_EPOCH" --format=ustar \
                --transform="s,^,sidelight-$version/," -cf - |
        gzip -9n >"$tarball.new"
mv "$tarball.new" "$tarball"
echo "$tarball"
