#!/bin/bash
# The guest's first process: each start goes on where the last one ended. Everything is told on the serial line.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 COLUMNS=100
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null
mount -o remount,rw /
exec </dev/null >/dev/ttyS0 2>&1
say() { echo "@ $*"; }
sums() { stat -c '%n %a %u %g %y' /etc/default/grub /boot/grub/grub.cfg; sha256sum /etc/default/grub /boot/grub/grub.cfg; }
finish() { sync; mount -o remount,ro /; sync; echo o > /proc/sysrq-trigger; sleep 60; }
stage=$(cat /stage 2>/dev/null || echo 0)
say "start $stage: $(uname -r): $(cat /proc/cmdline)"
case $stage in
0)      update-grub && say "generated"
        echo 1 > /stage ;;
1)      sums > /before
        say "vulnerable $(grep -l Vulnerable /sys/devices/system/cpu/vulnerabilities/* | wc -l)"
        sidelight fix; sidelight fix --apply --yes; say "apply $?"
        sidelight fix --verify; say "verify $?"
        echo 2 > /stage ;;
2)      head /sys/devices/system/cpu/vulnerabilities/*
        sidelight fix --verify; say "verify $?"
        sidelight check; say "check $?"
        sidelight fix --rollback; say "rollback $?"
        sums > /after; cmp /before /after && say "identical"
        diff /before /after
        echo 3 > /stage ;;
3)      say "vulnerable $(grep -l Vulnerable /sys/devices/system/cpu/vulnerabilities/* | wc -l)"
        sums > /again; cmp /before /again && say "identical"
        echo 4 > /stage ;;
esac
finish
