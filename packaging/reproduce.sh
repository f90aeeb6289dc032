#!/usr/bin/env bash
# reproduce.sh: two people in two places make the tarball and the package; both get the same bytes. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/.."

number=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# same NAME FILE FILE
same() {
        local word=ok
        cmp "$2" "$3" >&2 || word='not ok'
        echo "$word $((++number)) - $1"
}

# place CLONE UMASK TIME_ZONE LOCALE: the tarball, made from a clone, and the package, made from the tarball.
place() {
        local clone=$1
        umask "$2"
        export TZ=$3 LC_ALL=$4
        mkdir -p "$clone"
        git clone --quiet --no-hardlinks . "$clone/git"
        "$clone/git/packaging/source.sh" "$clone" >&2
        mkdir "$clone/tree"
        tar -xzf "$clone"/sidelight-*.tar.gz -C "$clone/tree" --strip-components=1
        "$clone/tree/packaging/debian.sh" "$clone/tree/build/package" >"$clone/name" 2>"$clone/log" ||
                { tail -n 40 "$clone/log" | sed 's/^/# /' && exit 1; }
        "$clone/tree/packaging/static.sh" "$clone/tree/build/static" >"$clone/static" 2>"$clone/log" ||
                { tail -n 40 "$clone/log" | sed 's/^/# /' && exit 1; }
}

# alone: the static program runs where there is nothing else.
alone() {
        local word=ok
        mkdir "$folder/alone"
        tar -xzf "$(<"$folder/a/static")" -C "$folder/alone" --strip-components=1
        (cd "$(dirname "$(<"$folder/a/static")")" && sha256sum --check --quiet -- *.sha256) >&2 || word='not ok'
        chroot "$folder/alone" /sidelight --version >&2 || word='not ok'
        echo "$word $((++number)) - the static program runs in an empty root, and its checksum is right"
}

if [[ ${SIDELIGHT_FULL-} != 1 ]]; then
        echo '1..0 # SKIP two builds take minutes: ./dev test --full'
        exit 0
fi
(place "$folder/a" 022 UTC C.UTF-8)
(place "$folder/another place/far below" 077 Asia/Kathmandu C)
same 'the same tarball from any folder' "$folder"/a/sidelight-*.tar.gz "$folder"/another*/*/sidelight-*.tar.gz
same_packages() {
        local file
        for file in "$folder"/a/tree/build/*.deb "$folder"/a/tree/build/*.dsc "$folder"/a/tree/build/*.orig.tar.gz "$folder"/a/tree/build/*.debian.tar.xz; do
                same "the same $(basename "$file") from any folder" "$file" "$folder/another place/far below/tree/build/$(basename "$file")"
        done
}
same_packages
same 'the same static program from any folder' "$(<"$folder/a/static")" "$(<"$folder/another place/far below/static")"
alone

echo "1..$number"
