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

package=$(packaging/debian.sh "$1/package" 2>"$1/package.log") || { tail -n 40 "$1/package.log" | sed 's/^/# /' && exit 1; }
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
dpkg-deb -x "$package" "$unpacked"

check 'the description is complete' dpkg-deb -f "$package" Package Version Architecture Depends Description
check 'it depends on the C library' grep -q libc6 <(dpkg-deb -f "$package" Depends)
check 'the program runs' "$unpacked/usr/bin/sidelight" --version
check 'the manual is there' test -s "$unpacked/usr/share/man/man1/sidelight.1.gz"
check 'each command has its page' test -s "$unpacked/usr/share/man/man1/sidelight-check.1.gz"
check 'the completion is a script' bash -n "$unpacked/usr/share/bash-completion/completions/sidelight"
check 'the licence is there' grep -q 'Apache License' "$unpacked/usr/share/doc/sidelight/copyright"
check 'nothing but what belongs there' test -z "$(find "$unpacked" -name '*.a' -o -name '*.h' -o -name '*.scd')"
echo "1..$number"
