/* Redaction: what names a machine, a person, a place or a secret is taken out of a text before it is recorded, what rules read
 * stays. Pure; results in the arena.
 *
 * The catalog says what rules read: parameters and their values, texts that a fact is compared with, lines of the log. Anything else
 * becomes the word "redacted", or is left out. A fact whose value is "redacted" was not read. */
#ifndef SIDELIGHT_COLLECT_LINUX_REDACT_H
#define SIDELIGHT_COLLECT_LINUX_REDACT_H

#include "collect/linux/filter.h"

typedef struct str (*redaction)(struct arena *a, const struct catalog *c, struct str path, struct str text);

/* The kernel's command line, word by word as the kernel parts them. */
struct str redact_cmdline(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* /proc/version without who built the kernel, and where. */
struct str redact_version(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* /proc/cpuinfo: the fields that kernels are known to have, without serial numbers. */
struct str redact_cpuinfo(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* os-release(5): the distributions that the catalog has steps for, and the number of the version. */
struct str redact_os_release(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* A file that is one value: a number, a switch, or a text that the catalog compares this file's facts with. */
struct str redact_value(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* A file that the kernel fills by itself: numbers, in lists, in ranges or in base 16, and its own words. */
struct str redact_setting(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* The kernel's log: of each text that a fact asks for, that it stands there. */
struct str redact_log(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* The kernel's configuration: options that are a switch or a number. */
struct str redact_config(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* A listing of kernels: of each name what it is and its number ("vmlinuz-6.1.0-56"), for what was built at home may be called anything. */
struct str redact_kernels(struct arena *a, const struct catalog *c, struct str path, struct str text);

#endif
