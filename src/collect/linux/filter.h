/* Filters: how a text is shortened to what matters before it is recorded. Pure; results in the arena.
 *
 * Each keeps whole lines, verbatim, in their order; filter.c has the tables of what is kept. */
#ifndef SIDELIGHT_COLLECT_LINUX_FILTER_H
#define SIDELIGHT_COLLECT_LINUX_FILTER_H

#include "base/arena.h"
#include "catalog/catalog.h"
#include "base/str.h"

/* Texts that the catalog asks for beyond the tables here. */
struct words {
        const struct str *items;
        ptrdiff_t count;
};

/* Kernel configuration: the option families that matter for side channels, set ("CONFIG_X=y") or not ("# CONFIG_X is
 * not set"), and the line that names the architecture and version. `wanted`: more options, without "CONFIG_". */
struct str filter_config(struct arena *a, struct str text, struct words wanted);
/* Which lines of the kernel's log the catalog asks for. */
struct log_words {
        struct words begins; /* lines that begin so */
        struct words flaws;  /* lines about one of these: "MDS: …", "Spectre V2 : …", "L1TF CPU bug present …" */
        struct words holds;  /* lines in which one of these texts stands */
};
void filter_log_words(struct log_words *ret, struct arena *a, const struct catalog *c);
/* Those lines, without priority and time stamp. */
struct str filter_log(struct arena *a, struct str text, const struct log_words *w);
/* /proc/self/status: the lines about speculation and shadow stacks. */
struct str filter_status(struct arena *a, struct str text);
/* os-release(5): what names the distribution and its version. */
struct str filter_os_release(struct arena *a, struct str text);
/* Debian's package database: name, status and version of installed microcode and kernel packages. */
struct str filter_dpkg(struct arena *a, struct str text);
/* /proc/cpuinfo without the lines that hold a serial number. */
struct str filter_cpuinfo(struct arena *a, struct str text);
/* What signs of where a machine runs look for in the file at `path`, one a line. */
struct str filter_signs(struct arena *a, const struct catalog *c, struct str path, struct str text);
/* A property of the device tree: NUL-terminated strings, each a line. */
struct str filter_strings(struct arena *a, struct str text);
/* SMBIOS structure 0 ("virtual machine" when the firmware says so, else nothing); /proc/self/mountinfo (the root's file system). */
struct str filter_smbios_bios(struct arena *a, struct str raw);
struct str filter_root_mount(struct arena *a, struct str mounts);
/* DMI chassis tag: one that a cloud gives all its machines is kept; an owner's inventory number becomes empty. */
struct str filter_asset_tag(struct arena *a, struct str text);
/* Names in a directory, one a line: kernel images; what tells a built-in module from a loaded one. */
struct str filter_kernel_images(struct arena *a, struct str names);
struct str filter_module(struct arena *a, struct str names);

#endif
