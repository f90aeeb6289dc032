#!/bin/sh
# examples.sh SIDELIGHT ROOT NAME: what the schema NAME describes, as the program writes it of the recorded machines of tests/cli. It is installed beside
# the schemas.
set -eu
sidelight=$(realpath "$1") name=$3
cd "$2/tests/cli"
export SOURCE_DATE_EPOCH=1795824000
case $name in
advise) set -- advise machines/web-17.host ;;
data) set -- data show ;;
diff) set -- diff machines/iron.host machines/clean.host ;;
explain) set -- explain mds machines/iron.host ;;
fix) set -- fix machines/iron.host ;;
guidance) set -- guidance diff az-2018-01-12 az-2018-08-14 ;;
inventory) set -- inventory --as-of 2018-01-12 clouds/lists/az.json ;;
lint) set -- cloud-service lint --as-of 2018-01-12 clouds/shop ;;
list) set -- list ;;
registry) set -- explain registry ../hosts/machines/windows/skylake.bare.10.0.14393.registry-default.host ;;
report) set -- check machines/web-17.host ;;
rules) set -- cloud-service rules ;;
startup-task) set -- cloud-service startup-task ;;
esac
"$sidelight" "$@" --format json || test $? -lt 64
