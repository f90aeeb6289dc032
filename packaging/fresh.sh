#!/usr/bin/env bash
# fresh.sh BUILD_FOLDER: the Debian packages in a fresh Debian: piuparts installs, upgrades, removes and purges them, autopkgtest uses them.
# Prints TAP. Needs a network, and a folder's space; what debootstrap makes is kept for a week.
# fresh.sh BUILD_FOLDER ROOT: leaves a fresh Debian at ROOT, for upgrade.py.
set -euo pipefail
cd "$(dirname "$0")/.."

number=0
build=$(realpath "$1")
folder=$build/fresh
base=$folder/bookworm.tar.gz
mirror=http://deb.debian.org/debian

skip() {
        echo "1..0 # SKIP $*"
        exit 0
}

# check NAME COMMAND…: one case.
check() {
        local name=$1 word=ok
        shift
        "$@" >"$folder/log" 2>&1 || word='not ok'
        [[ $word == ok ]] || tail -n 40 "$folder/log" | sed 's/^/# /'
        echo "$word $((++number)) - $name"
}

# fresh ROOT: a Debian with nothing in it.
fresh() {
        if [[ ! -f $base || -n $(find "$base" -mtime +7) ]]; then
                rm -rf "$1"
                debootstrap --variant=minbase bookworm "$1" "$mirror" >"$folder/debootstrap.log" 2>&1 || return
                rm -f "$1"/var/cache/apt/archives/*.deb
                tar -C "$1" -czf "$base.new" .
                mv "$base.new" "$base"
        fi
        rm -rf "$1"
        mkdir -p "$1"
        tar -C "$1" -xzf "$base"
}

# older DEB…: a repository with the same packages of an older version, which have a file that the newer ones lack.
older() {
        local package tree=$folder/older
        rm -rf "$folder/repository"
        mkdir -p "$folder/repository"
        for package; do
                rm -rf "$tree"
                dpkg-deb -R "$package" "$tree"
                sed -i -e 's/^Version: .*/Version: 0.1.0-1/' -e 's/= [0-9.]*-1)/= 0.1.0-1)/' "$tree/DEBIAN/control"
                mkdir -p "$tree/usr/share/sidelight-old"
                touch "$tree/usr/share/sidelight-old/$(basename "$package")"
                dpkg-deb --root-owner-group -b "$tree" "$folder/repository/" >/dev/null
        done
        rm -rf "$tree"
        (cd "$folder/repository" && dpkg-scanpackages . 2>/dev/null >Packages && gzip -9nk Packages)
}

# What runs in there finds the network as this machine does, and has no folder of ours for what passes.
used() {
        cp --remove-destination "$(realpath /etc/resolv.conf)" "$folder/debian/etc/resolv.conf"
        env -u TMPDIR autopkgtest "$changes" -- chroot "$folder/debian"
}

if [[ -n ${2-} ]]; then
        mkdir -p "$folder"
        fresh "$2"
        exit
fi
[[ ${SIDELIGHT_FULL-} == 1 ]] || skip 'a fresh Debian takes minutes: ./dev test --full'
[[ $EUID == 0 ]] || skip 'not root'
for tool in debootstrap piuparts autopkgtest; do
        command -v "$tool" >/dev/null || skip "no $tool"
done
changes=$build/sidelight_$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)_$(dpkg --print-architecture).changes
[[ -f $changes ]] || skip 'no package was built'
mapfile -t packages < <(sed -n '/^Files:/,$s/^ .* \(.*\.deb\)$/\1/p' "$changes" | grep -v dbgsym | sort | sed "s,^,$build/,")

mkdir -p "$folder"
fresh "$folder/debian" || skip 'no Debian to be had from here'
older "${packages[@]}"
check 'piuparts installs and purges them, and nothing stays' \
        piuparts --no-upgrade-test -d bookworm -m "$mirror main" --basetgz "$base" "${packages[@]}"
check 'piuparts upgrades from an older version' \
        piuparts --no-install-purge-test -d bookworm -m "$mirror main" --basetgz "$base" --bindmount "$folder/repository" \
        --extra-repo "deb [trusted=yes] file:$folder/repository ./" "${packages[@]}"
check 'autopkgtest installs and uses them' used
rm -rf "$folder/debian" "$folder/repository"
echo "1..$number"
