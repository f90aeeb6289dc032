#!/bin/sh
# The alert rules for Prometheus, by promtool's own tests; they ask for nothing that the metrics do not have. Usage: rules.sh SIDELIGHT FOLDER
set -u
sidelight=$1 folder=$2 rules=$(cd "$(dirname "$0")/../../packaging/prometheus" && pwd)
command -v promtool >/dev/null || { echo "1..0 # SKIP no promtool here"; exit 0; }
echo 1..3
number=0 failed=0
tell() { # STATUS NAME OUTPUT
        number=$((number + 1))
        if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; echo "$3" | sed 's/^/# /'; failed=1; fi
}
out=$(promtool check rules --lint-fatal "$rules/sidelight.rules.yml" 2>&1)
tell $? "the rules are rules" "$out"
out=$(promtool test rules "$rules/sidelight.test.yml" 2>&1)
tell $? "alerts come when they should, and not before" "$out"
metrics=$("$sidelight" check --exit-zero --format prometheus "$folder"/x86_64/clx*.host "$folder"/x86_64/zen3-milan.bare*.host |
        sed -n 's/^# TYPE \([^ ]*\) .*/\1/p')
missing=$(grep -o 'sidelight_[a-z_]*' "$rules/sidelight.rules.yml" | sort -u | while read -r name; do
        printf '%s\nsidelight_evidence_timestamp_seconds\n' "$metrics" | grep -qx "$name" || echo "$name"
done)
[ -z "$missing" ]
tell $? "each metric that they ask for is written" "$missing"
exit $failed
