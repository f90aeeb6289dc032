#!/usr/bin/env bash
# zip.sh [SIDELIGHT.EXE]: leaves sidelight_VERSION_windows-x64.zip beside the program; prints its name.
set -euo pipefail
here=$(dirname "$(realpath "$0")")

exe=$(realpath "${1:-$here/../../build/sidelight.exe}")
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" "$here/../../meson.build")
package=$(dirname "$exe")/sidelight_${version}_windows-x64.zip

# One date for all, so that the same files make the same zip; Windows' line ends for what people read there.
python3 - "$package" "$version" "$exe" "$here/Get-Sidelight.ps1" "$here/Sidelight.psd1.in" "$here/../.." <<'PYTHON'
import glob
import os
import sys
import zipfile


def read(path):
    with open(path, 'rb') as f:
        return f.read()


package, version, exe, script, manifest, root = sys.argv[1:]
files = {
    'sidelight.exe': read(exe),
    'Get-Sidelight.ps1': read(script),
    # The module's function is the script, so that both do the same.
    'Sidelight.psm1': b'function Get-Sidelight {\n' + read(script) + b'}\n\nExport-ModuleMember -Function Get-Sidelight\n',
    'LICENSE.txt': read(root + '/LICENSE'),
    'README.md': read(root + '/README.md'),
    'SECURITY.md': read(root + '/SECURITY.md'),
}
for path in sorted(glob.glob(root + '/docs/*.md') + glob.glob(root + '/docs/*.schema.json')):
    if not path.endswith('README.md'):
        files['docs/' + os.path.basename(path)] = read(path)
names = ', '.join(f"'{name}'" for name in sorted({*files, 'Sidelight.psd1'}))
files['Sidelight.psd1'] = read(manifest).replace(b'@VERSION@', version.encode()).replace(b'@FILES@', names.encode())
with zipfile.ZipFile(package, 'w', zipfile.ZIP_DEFLATED) as out:
    for name, contents in files.items():
        entry = zipfile.ZipInfo('sidelight/' + name, (2018, 1, 3, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        out.writestr(entry, contents if name.endswith('.exe') else contents.replace(b'\n', b'\r\n'))
PYTHON
echo "$package"
