#!/usr/bin/env bash
# test.sh BUILD_FOLDER: makes the Debian package and looks into it; prints TAP.
set -euo pipefail
cd "$(dirname "$0")/.."

number=0

# check NAME COMMAND…: one case.
check() {
        local name=$1 word=ok
        shift
        "$@" >/dev/null 2>&1 || word='not ok'
        echo "$word $((++number)) - $name"
}

# Optimising when linked and packages for debuggers take half of the time and change nothing that is looked at here.
[[ ${SIDELIGHT_FULL-} == 1 ]] || export DEB_BUILD_OPTIONS='nocheck optimize=-lto noautodbgsym'
package=$(packaging/debian.sh "$1/package" 2>"$1/package.log") || { tail -n 40 "$1/package.log" | sed 's/^/# /' && exit 1; }
folder=$(dirname "$package")
architecture=$(dpkg-deb -f "$package" Architecture) version=$(dpkg-deb -f "$package" Version)
library=$folder/libsidelight1_${version}_$architecture.deb development=$folder/libsidelight-dev_${version}_$architecture.deb
changes=${package%.deb}.changes
unpacked=$(mktemp -d) other=$(mktemp -d)
trap 'rm -rf "$unpacked" "$other"' EXIT
dpkg-deb -x "$package" "$unpacked"
dpkg-deb -x "$library" "$other"
dpkg-deb -x "$development" "$other"

check 'the description is complete' dpkg-deb -f "$package" Package Version Architecture Depends Description
check 'it depends on the C library' grep -q libc6 <(dpkg-deb -f "$package" Depends)
check 'no other library is loaded at each start' test "$(dpkg-deb -f "$package" Depends | grep -o 'lib[a-z0-9.+-]*' | sort -u)" = libc6
check 'what it holds of others is named' test "$(dpkg-deb -f "$package" Built-Using | grep -o '(= ' | wc -l)" = 6
check 'the program runs' "$unpacked/usr/bin/sidelight" --version
check 'the manual is there' test -s "$unpacked/usr/share/man/man1/sidelight.1.gz"
check 'each command has its page' test -s "$unpacked/usr/share/man/man1/sidelight-check.1.gz"
check 'the completion is a script' bash -n "$unpacked/usr/share/bash-completion/completions/sidelight"
check 'so are those for zsh and fish, where Debian looks for them' test -s "$unpacked/usr/share/zsh/vendor-completions/_sidelight" -a -s "$unpacked/usr/share/fish/vendor_completions.d/sidelight.fish"
check 'the licence is there' grep -q 'License: Apache-2.0' "$unpacked/usr/share/doc/sidelight/copyright"
check 'the README is the one for strangers' cmp <(gzip -dc "$unpacked/usr/share/doc/sidelight/README.md.gz") README.md
check 'documents and schemas are there' test -s "$unpacked/usr/share/doc/sidelight/evidence-format.md.gz" -a -s "$unpacked/usr/share/sidelight/schemas/report.schema.json" -a -s "$unpacked/usr/share/sidelight/examples/report.json"
check 'the timer is there' test -s "$unpacked/usr/lib/systemd/system/sidelight.timer" -a -x "$unpacked/usr/libexec/sidelight/record"
check 'nothing but what belongs there' test -z "$(find "$unpacked" -name '*.a' -o -name '*.h' -o -name '*.scd' -o -name '*.so*')"
check 'the checksums are right' bash -c "cd '$unpacked' && dpkg-deb --ctrl-tarfile '$package' | tar -xOf - ./md5sums | md5sum -c --quiet"
check 'the library and its header are in packages of their own' test -e "$(find "$other" -name 'libsidelight.so')" -a -s "$other/usr/include/sidelight.h"

# A root of its own, with nothing in it but dpkg's records.
root=$other/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
: >"$root/var/lib/dpkg/status"
in_root() {
        dpkg --root="$root" --log=/dev/null --force-depends,not-root,script-chrootless,unsafe-io "$@"
}
# What is there beside dpkg's records.
left() {
        (cd "$root" && find . -mindepth 1 -not -path './var/lib/dpkg*' -not -path ./var/lib -not -path ./var | sort)
}
# An older package, with a file that the newer one does not have. (`check` hears of the last command alone: all are one.)
older() {
        dpkg-deb -R "$package" "$other/older" &&
                sed -i 's/^Version: .*/Version: 0.1.0-1/' "$other/older/DEBIAN/control" &&
                touch "$other/older/usr/share/sidelight/of-old" &&
                dpkg-deb --root-owner-group -b "$other/older" "$other/older.deb" &&
                in_root -i "$other/older.deb" &&
                test -e "$root/usr/share/sidelight/of-old"
}
upgraded() {
        in_root -i "$package" "$library" "$development" &&
                test ! -e "$root/usr/share/sidelight/of-old" &&
                test "$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Abbrev}${Version}' sidelight | tr -d ' ')" = "ii$version" &&
                "$root/usr/bin/sidelight" --version &&
                test -z "$(in_root -V sidelight)"
}
# As its user leaves it: a timer is on, and has written something.
removed() {
        mkdir -p "$root/etc/systemd/system/timers.target.wants" "$root/var/lib/sidelight/history" "$root/var/lib/prometheus/node-exporter" &&
                ln -s /usr/lib/systemd/system/sidelight.timer "$root/etc/systemd/system/timers.target.wants/" &&
                mkdir -p "$root/etc/default" "$root/etc/sidelight" "$root/var/lib/private/sidelight-fleet" &&
                touch "$root/etc/default/sidelight" "$root/etc/sidelight/token" "$root/var/lib/private/sidelight-fleet/fleet.db" &&
                ln -s private/sidelight-fleet "$root/var/lib/sidelight-fleet" &&
                touch "$root/var/lib/sidelight/history/1.host" "$root/var/lib/prometheus/node-exporter/sidelight.prom" &&
                in_root -r libsidelight-dev libsidelight1 sidelight &&
                rmdir -p --ignore-fail-on-non-empty "$root/etc/systemd/system/timers.target.wants" "$root/var/lib/prometheus/node-exporter" &&
                test "$(left)" = "$(printf '%s\n' ./etc ./etc/default ./etc/default/sidelight ./etc/sidelight ./etc/sidelight/token ./var/lib/private \
                        ./var/lib/private/sidelight-fleet ./var/lib/private/sidelight-fleet/fleet.db ./var/lib/sidelight ./var/lib/sidelight-fleet \
                        ./var/lib/sidelight/history ./var/lib/sidelight/history/1.host)"
}
purged() {
        in_root -P libsidelight-dev libsidelight1 sidelight &&
                test "$(left)" = "$(printf '%s\n' ./etc ./etc/default ./var/lib/private)" && rm -r "${root:?}/etc" "$root/var/lib/private"
}
kept() {
        in_root -i "$package" &&
                mkdir -p "$root/var/lib/sidelight/fix/1" "$root/var/lib/sidelight/data" &&
                in_root -P sidelight &&
                test "$(left)" = "$(printf '%s\n' ./var/lib/sidelight ./var/lib/sidelight/fix ./var/lib/sidelight/fix/1)"
}
check 'an older package can be installed' older
check 'the newer one takes its place, and leaves no file of the older' upgraded
check 'removed, it leaves what was recorded, and no timer' removed
check 'purged, it leaves nothing' purged
check 'what fix kept to take its changes back outlives it' kept

# tool NAME WHAT COMMAND…: one case, where the tool is installed.
tool() {
        if command -v "$1" >/dev/null; then check "$2" "${@:3}"; else echo "ok $((++number)) - $2 # SKIP no $1"; fi
}
tool lintian 'lintian finds neither errors nor warnings in packages and sources' lintian --allow-root --fail-on error,warning "$changes"
# (Debian's compiler makes position independent programs without being asked; hardening-check looks at what came of it.)
tool blhc 'all was compiled with the flags of a hardened package' blhc --bindnow --ignore-flag -fPIE "$1/package.log"
hardened() {
        local file
        for file in "$unpacked/usr/bin/sidelight" "$other"/usr/lib/*/libsidelight.so.1; do
                hardening-check --nocfprotection "$file" || return 1
        done
}
tool hardening-check 'and its protections are in what was made' hardened
unchanged() {
        dpkg-source -x "${package%_*}.dsc" "$other/source" && diff -r packaging/debian "$other/source/debian" &&
                cmp "$other/source/src/cli/commands.h" src/cli/commands.h
}
check 'the source package holds these sources and packaging/debian' unchanged
echo "1..$number"
