/* What was not seen, in words for people: places instead of the names of facts. */
#ifndef SIDELIGHT_VERDICT_LACKING_H
#define SIDELIGHT_VERDICT_LACKING_H

#include "facts/facts.h"

/* Where facts are looked for, as people know it, and what prints it there, on Linux and on Windows. X(name, command, of_windows) */
#define LACKING_PLACES(X)                                                    \
        X(SENTENCES, "head /sys/devices/system/cpu/vulnerabilities/*", "") \
        X(PROCESSOR, "cat /proc/cpuinfo", "systeminfo")                      \
        X(KERNEL, "uname -a", "cmd /c ver")                                  \
        X(LINE, "cat /proc/cmdline", "")                                     \
        X(OPTIONS, "cat /boot/config-$(uname -r)", "")                       \
        X(LOG, "sudo dmesg", "")                                             \
        X(WHERE, "systemd-detect-virt", "systeminfo")

enum lacking_place {
#define X(name, command, of_windows) LACKING_##name,
        LACKING_PLACES(X)
#undef X
        LACKING_OTHER,
};

/* The first few places of the set, in its order and each once: "/proc/cmdline, the kernel's log and 2 more"; empty of an empty set. */
struct str lacking_words(struct facts *f, const struct fact_set *missing);
/* As bits of enum lacking_place: from where the set would come. */
uint32_t lacking_places(struct facts *f, const struct fact_set *missing);
/* The command that prints what is read there; empty: none that every machine has. */
struct str lacking_command(enum lacking_place place, bool windows);

#endif
