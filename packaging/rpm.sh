#!/usr/bin/env bash
# rpm.sh [BUILD_FOLDER]: builds the RPMs that rpm/sidelight.spec describes, from a tarball of the sources, and leaves them beside the folder;
# prints the name of the program's. On a Debian what it needs is no RPM (`./dev` installs it), and nobody asks rpm for it.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/release.sh
umask 022

build=$(realpath -m "${1:-build/rpm}")
options=(--define "_topdir $build" --define "_sourcedir $build"
        --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' --define '_buildhost localhost')
[[ ! -f /etc/debian_version ]] ||
        options+=(--nodeps --define 'debug_package %{nil}' --define '_build_id_links none'
                --define '__os_install_post strip --strip-unneeded %{buildroot}%{_bindir}/sidelight %{buildroot}%{_libdir}/libsidelight.so.*.*.*')

rm -rf "$build"
packaging/source.sh "$build" >&2
rpmbuild -bb "${options[@]}" packaging/rpm/sidelight.spec >&2
find "$build/RPMS" -name '*.rpm' -exec mv -t "$(dirname "$build")" {} +
echo "$(dirname "$build")/sidelight-$version-1.$(rpm --eval '%{_arch}').rpm"
