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
folder=$(dirname "$package")
architecture=$(dpkg-deb -f "$package" Architecture) version=$(dpkg-deb -f "$package" Version)
library=$folder/libsidelight1_${version}_$architecture.deb development=$folder/libsidelight-dev_${version}_$architecture.deb
unpacked=$(mktemp -d) other=$(mktemp -d)
trap 'rm -rf "$unpacked" "$other"' EXIT
dpkg-deb -x "$package" "$unpacked"
dpkg-deb -x "$library" "$other"
dpkg-deb -x "$development" "$other"

check 'the description is complete' dpkg-deb -f "$package" Package Version Architecture Depends Description
check 'it depends on the C library' grep -q libc6 <(dpkg-deb -f "$package" Depends)
check 'the program runs' "$unpacked/usr/bin/sidelight" --version
check 'the manual is there' test -s "$unpacked/usr/share/man/man1/sidelight.1.gz"
check 'each command has its page' test -s "$unpacked/usr/share/man/man1/sidelight-check.1.gz"
check 'the completion is a script' bash -n "$unpacked/usr/share/bash-completion/completions/sidelight"
check 'so are those for zsh and fish' test -s "$unpacked/usr/share/zsh/site-functions/_sidelight" -a -s "$unpacked/usr/share/fish/vendor_completions.d/sidelight.fish"
check 'the licence is there' grep -q 'License: Apache-2.0' "$unpacked/usr/share/doc/sidelight/copyright"
check 'documents and schemas are there' test -s "$unpacked/usr/share/doc/sidelight/evidence-format.md" -a -s "$unpacked/usr/share/sidelight/schemas/report.schema.json"
check 'the timer is there' test -s "$unpacked/usr/lib/systemd/system/sidelight.timer" -a -x "$unpacked/usr/libexec/sidelight/record"
check 'nothing but what belongs there' test -z "$(find "$unpacked" -name '*.a' -o -name '*.h' -o -name '*.scd' -o -name '*.so*')"
check 'the checksums are right' bash -c "cd '$unpacked' && dpkg-deb --ctrl-tarfile '$package' | tar -xOf - ./md5sums | md5sum -c --quiet"
check 'the library and its header are in packages of their own' test -e "$(find "$other" -name 'libsidelight.so')" -a -s "$other/usr/include/sidelight.h"
# tool NAME WHAT COMMAND…: one case, where the tool is installed.
tool() {
        if command -v "$1" >/dev/null; then check "$2" "${@:3}"; else echo "ok $((++number)) - $2 # SKIP no $1"; fi
}
tool lintian 'lintian finds neither errors nor warnings' lintian --allow-root --fail-on error,warning "$package" "$library" "$development"
if [[ ${SIDELIGHT_FULL-} == 1 && $EUID == 0 ]]; then
        before=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 'sidelight*' 'libsidelight*' 2>/dev/null | grep -c ' installed' || true)
        if [[ $before == 0 ]]; then
                tool autopkgtest 'autopkgtest installs and uses them' packaging/autopkgtest.sh "$package" "$library" "$development"
        fi
fi
echo "1..$number"
