#!/usr/bin/env bash
# zip.sh [SIDELIGHT.EXE]: leaves sidelight_VERSION_windows-x64.zip beside the program; prints its name.
set -euo pipefail
here=$(dirname "$(realpath "$0")")

exe=$(realpath "${1:-$here/../../build/sidelight.exe}")
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" "$here/../../meson.build")
package=$(dirname "$exe")/sidelight_${version}_windows-x64.zip

# One date for all, so that the same files make the same zip; Windows' line ends for what people read there.
python3 - "$package" "$exe" "$here/Get-Sidelight.ps1" "$here/../../LICENSE" <<'PYTHON'
import os
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as package:
    for path in sys.argv[2:]:
        with open(path, 'rb') as f:
            contents = f.read()
        if not path.endswith('.exe'):
            contents = contents.replace(b'\n', b'\r\n')
        name = os.path.basename(path)
        entry = zipfile.ZipInfo('sidelight/' + ('LICENSE.txt' if name == 'LICENSE' else name), (2018, 1, 3, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        package.writestr(entry, contents)
PYTHON
echo "$package"
