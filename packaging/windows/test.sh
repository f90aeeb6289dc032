#!/usr/bin/env bash
# test.sh SIDELIGHT.EXE: makes the zip and looks into it; prints TAP.
set -euo pipefail

number=0

# check NAME COMMAND…: one case.
check() {
        local name=$1 word=ok
        shift
        "$@" >/dev/null 2>&1 || word='not ok'
        echo "$word $((++number)) - $name"
}

if [[ ! -f $1 ]]; then
        echo '1..0 # SKIP no sidelight.exe'
        exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$1" "$folder/sidelight.exe"
package=$("$(dirname "$0")/zip.sh" "$folder/sidelight.exe")
first=$(sha256sum <"$package")
python3 -m zipfile -e "$package" "$folder"

check 'the program is whole' cmp "$folder/sidelight.exe" "$folder/sidelight/sidelight.exe"
check 'the wrapper is there' grep -q 'ConvertFrom-Json' "$folder/sidelight/Get-Sidelight.ps1"
check 'it has the line ends of Windows' grep -q $'\r$' "$folder/sidelight/Get-Sidelight.ps1"
check 'the licence is there' grep -q 'Apache License' "$folder/sidelight/LICENSE.txt"
check 'nothing else' test "$(find "$folder/sidelight" -type f | wc -l)" = 3
"$(dirname "$0")/zip.sh" "$folder/sidelight.exe" >/dev/null
check 'the same files make the same zip' test "$first" = "$(sha256sum <"$package")"
echo "1..$number"
