#!/usr/bin/env python3
"""The catalog that is compiled in is what the data folder says, byte for byte, in whatever order its files come. Prints TAP.

usage: test_catalog.py GENCATALOG DATA CATALOG_BUILTIN_C"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

generator, data, built = sys.argv[1:4]


def generated(folder, made):
    subprocess.run([generator, folder, made / 'catalog.c', made / 'catalog.d'], check=True)
    return (made / 'catalog.c').read_bytes()


with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    for path in sorted(pathlib.Path(data).rglob('*'), reverse=True):
        if path.is_file():
            target = work / 'data' / path.relative_to(data)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    want = pathlib.Path(built).read_bytes()
    for number, (what, folder) in enumerate([('the build is what the data say', data), ('the order of files plays no part', work / 'data')], 1):
        print('ok' if generated(folder, work) == want else 'not ok', number, '-', what)
print('1..2')
