# shellcheck shell=bash
# release.sh, read by the scripts here that make something, in the root: the version, and a time for all that is made. The same sources give
# the same bytes, wherever and whenever: they are as old as their last commit, and so are the files of a tarball.
# shellcheck disable=SC2034 # they use it
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build)
if [[ -z ${SOURCE_DATE_EPOCH-} ]]; then
        if [[ -e .git ]]; then SOURCE_DATE_EPOCH=$(git log -1 --format=%ct); else SOURCE_DATE_EPOCH=$(stat -c %Y meson.build); fi
fi
export SOURCE_DATE_EPOCH
