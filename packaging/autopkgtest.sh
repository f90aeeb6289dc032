#!/usr/bin/env bash
# autopkgtest.sh PACKAGE…: runs packaging/debian/tests with the packages installed on this machine, and removes them again.
set -euo pipefail
cd "$(dirname "$0")/.."

source=$(mktemp -d)
trap 'dpkg --purge libsidelight-dev sidelight libsidelight1 >/dev/null 2>&1 || true; rm -rf "$source"' EXIT
mkdir -p "$source/debian" "$source/tests/cli"
cp -r packaging/debian/tests "$source/debian/"
cp -r docs "$source/"
cp -r tests/cli/machines "$source/tests/cli/"
printf 'Source: sidelight\nSection: admin\nPriority: optional\nMaintainer: The sidelight developers <sidelight@lists.example.org>\n\n' >"$source/debian/control"
sed '/^\(Version\|Maintainer\|Depends\|Recommends\|Installed-Size\):/d; s/^Architecture: .*/Architecture: any/' packaging/debian/control.in >>"$source/debian/control"
printf 'sidelight (0) unstable; urgency=medium\n\n  * Tests.\n\n -- The sidelight developers <sidelight@lists.example.org>  Thu, 26 Nov 2026 00:00:00 +0000\n' \
        >"$source/debian/changelog"
autopkgtest --no-built-binaries "$@" "$source" -- null
