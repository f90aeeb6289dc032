/* Filters: how a text is shortened to what matters before it is recorded. Pure; results in the arena.
 *
 * Each keeps whole lines, verbatim, in their order; filter.c has the tables of what is kept. */
#ifndef SIDELIGHT_COLLECT_LINUX_FILTER_H
#define SIDELIGHT_COLLECT_LINUX_FILTER_H

#include "base/arena.h"
#include "base/str.h"

/* Texts that the catalog asks for beyond the tables here. */
struct words {
        const struct str *items;
        ptrdiff_t count;
};

/* Kernel configuration: the option families that matter for side channels, set ("CONFIG_X=y") or not ("# CONFIG_X is
 * not set"), and the line that names the architecture and version. `wanted`: more options, without "CONFIG_". */
struct str filter_config(struct arena *a, struct str text, struct words wanted);
/* Kernel log: lines about side channels, microcode, hypervisors and CPU features, and those in which a `wanted` text
 * stands; without priority and time stamp. */
struct str filter_log(struct arena *a, struct str text, struct words wanted);
/* /proc/self/status: the lines about speculation and shadow stacks. */
struct str filter_status(struct arena *a, struct str text);
/* os-release(5): what names the distribution and its version. */
struct str filter_os_release(struct arena *a, struct str text);
/* Debian's package database: name, status and version of installed microcode and kernel packages. */
struct str filter_dpkg(struct arena *a, struct str text);
/* /proc/cpuinfo without the lines that hold a serial number. */
struct str filter_cpuinfo(struct arena *a, struct str text);
/* DMI chassis tag: one that a cloud gives all its machines is kept; an owner's inventory number becomes empty. */
struct str filter_asset_tag(struct arena *a, struct str text);
/* Names in a directory, one a line: kernel images; what tells a built-in module from a loaded one. */
struct str filter_kernel_images(struct arena *a, struct str names);
struct str filter_module(struct arena *a, struct str names);

/* For --redact. Command line: values are kept for parameters about side channels, virtualization and CPUs only;
 * others, and bare words that look like paths or addresses, become "redacted". */
struct str redact_cmdline(struct arena *a, struct str text);
/* /proc/version: who built the kernel, where that is a mail address ("(joe@laptop)"), becomes "(redacted)". */
struct str redact_version(struct arena *a, struct str text);
/* filter_cpuinfo, and the machine's number in the processor lines of s390. */
struct str redact_cpuinfo(struct arena *a, struct str text);

#endif
