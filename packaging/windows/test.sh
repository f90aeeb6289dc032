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
check 'the module has the version of the program' grep -q "ModuleVersion *= '$(sed -n "s/^ *version: '\(.*\)',/\1/p" "$(dirname "$0")/../../meson.build")'" "$folder/sidelight/Sidelight.psd1"
check 'the module exports the function that it has' grep -q '^function Get-Sidelight {' "$folder/sidelight/Sidelight.psm1"
lists_all() {
        local files
        files=$(cd "$1" && find . -type f -printf "'%P'\n" | LC_ALL=C sort | paste -sd, | sed 's/,/, /g')
        grep -qF "FileList             = @($files)" "$1/Sidelight.psd1"
}
check 'the manifest lists all files' lists_all "$folder/sidelight"
check 'the program tells its version to Windows' python3 -c '
import sys
sys.exit("ProductVersion".encode("utf-16-le") not in open(sys.argv[1], "rb").read())' "$folder/sidelight/sidelight.exe"
readme() {
        cmp <(tr -d '\r' <"$folder/sidelight/README.md") "$(dirname "$0")/../../README.md"
}
check 'the README is the one for strangers' readme
check 'the schemas are there' cmp <(tr -d '\r' <"$folder/sidelight/docs/report.schema.json") "$(dirname "$0")/../../docs/report.schema.json"
check 'nothing else' test "$(find "$folder/sidelight" -type f -not -path '*/docs/*' | wc -l)" = 7
"$(dirname "$0")/zip.sh" "$folder/sidelight.exe" >/dev/null
check 'the same files make the same zip' test "$first" = "$(sha256sum <"$package")"
echo "1..$number"
