/* Editors of boot configuration: the bytes of a file in, the bytes that it should have out. Pure; nothing is read or written here.
 *
 * Whatever an editor does not change stays as it was: comments, order, quoting, unknown lines, line ends, a missing final newline.
 * A parameter is a whole word as the kernel splits its line; a word goes with its value, never the value alone. What cannot be edited
 * safely is refused, with the line and one sentence for a person. Results live in the arena; texts may point into what was given. */
#ifndef SIDELIGHT_PLAN_EDIT_EDIT_H
#define SIDELIGHT_PLAN_EDIT_EDIT_H

#include "base/arena.h"
#include "base/str.h"

/* What is to change in a list of kernel words. */
struct word_change {
        struct str remove; /* `name`: with any value or none; `name=value`: exactly this; empty: nothing */
        struct str add;    /* empty: nothing. It goes to the end, unless the line holds it and no later word of its name differs. */
};

struct word_changes {
        const struct word_change *items;
        ptrdiff_t count;
};

enum edit_outcome {
        EDITED_SAME, /* it is already as it should be */
        EDITED_DONE,
        EDITED_REFUSED,
};

struct edited {
        enum edit_outcome outcome;
        struct str text;   /* DONE: the new contents; SAME: the old ones */
        struct str reason; /* REFUSED: one sentence, without its full stop */
        uint32_t line;     /* REFUSED: where, from 1; 0: the whole file */
};

/* ---- Files whose words are the line ---- */

#define LINE_FILES(X)                                                                                                      \
        X(KERNEL_INSTALL) /* /etc/kernel/cmdline: all lines joined; some readers skip '#' lines, some do not */            \
        X(MKINITCPIO)     /* the same and /etc/cmdline.d/ for mkinitcpio, sdbootutil: lines with '#' in front are comments */ \
        X(FIRST_LINE)     /* Raspberry Pi's cmdline.txt, Proxmox's /etc/kernel/cmdline: only the first line counts */

enum line_file {
#define X(name) LINE_FILE_##name,
        LINE_FILES(X)
#undef X
};

struct edited edit_line_file(struct arena *a, struct str text, enum line_file kind, const struct word_changes *changes);

/* ---- Boot entries (Boot Loader Specification) ---- */

enum entry_reader {
        ENTRY_SYSTEMD_BOOT, /* several `options` lines are joined; nothing is expanded, quotes are the kernel's */
        ENTRY_GRUB,         /* $variables and quotes are GRUB's */
};

/* An entry of loader/entries/. GRUB's variables ($kernelopts, $tuned_params) stay; their words are edited where they are set. */
struct edited edit_entry(struct arena *a, struct str text, enum entry_reader reader, const struct word_changes *changes);
/* True for the entries that a change leaves alone, by file name: rescue, recovery, fallback and snapshot entries. */
bool entry_is_rescue(struct str name);

/* ---- GRUB's environment block (grubenv): 1024 bytes, by key ---- */

/* False where the block does not set the name. */
bool grubenv_get(struct arena *a, struct str text, struct str name, struct str *ret_value);
/* A value whose `p` is NULL takes the name out. */
struct edited grubenv_set(struct arena *a, struct str text, struct str name, struct str value);
/* Words of a variable that entries expand (kernelopts, tuned_params); SAME where the block does not set it. */
struct edited grubenv_words(struct arena *a, struct str text, struct str name, const struct word_changes *changes);

/* ---- Other files ---- */

/* extlinux.conf: `append` lines of all labels but rescue ones. */
struct edited edit_extlinux(struct arena *a, struct str text, const struct word_changes *changes);
/* refind_linux.conf: the options of all lines but rescue ones. */
struct edited edit_refind_linux(struct arena *a, struct str text, const struct word_changes *changes);
/* Azure Linux 2: `mariner_cmdline=` of /boot/linux-VERSION.cfg. */
struct edited edit_mariner(struct arena *a, struct str text, const struct word_changes *changes);
/* Pop!_OS: user.kernel_options of /etc/kernelstub/configuration. */
struct edited edit_kernelstub(struct arena *a, struct str text, const struct word_changes *changes);
/* bootc's /usr/lib/bootc/kargs.d/NAME.toml: words are taken out; those to be added go into a file of their own. */
struct edited edit_bootc_kargs(struct arena *a, struct str text, const struct word_changes *changes);
/* TuneD's profile (tuned.conf): never edited. REFUSED with the line where it adds a word that is to go, else SAME. */
struct edited look_at_tuned(struct arena *a, struct str text, const struct word_changes *changes);

/* ---- Changes that may touch several files ---- */

/* Files in the order in which their reader takes them; one that is not there is left out. */
struct text_file {
        struct str path, text;
};

struct text_files {
        const struct text_file *items;
        ptrdiff_t count;
};

/* Something that a person should know, and that no editor changes. */
struct remark {
        struct str path;
        uint32_t line;
        struct str text;
};

struct edited_files {
        enum edit_outcome outcome;
        struct text_file *items; /* DONE: the files that change, with their new contents; a path that was not given is a new file */
        ptrdiff_t count, capacity;
        struct str reason, path; /* REFUSED: one sentence, without its full stop; the file, empty where it is about none */
        uint32_t line;           /* REFUSED: where, from 1; 0: the whole file */
        struct {
                struct remark *items;
                ptrdiff_t count, capacity;
        } remarks;
};

/* ---- Variables of files that a shell reads ---- */

/* X(name, whether bash reads it) */
#define VARIABLE_FILES(X)                                                                                                             \
        X(GRUB, false)            /* /etc/default/grub, then /etc/default/grub.d/?*.cfg by name where the distribution reads them */  \
        X(GRUB_BASH, true)        /* the same where /bin/sh is bash, which knows += */                                                \
        X(GRUB_XEN, false)        /* the same files, for the hypervisor: removes only spec-ctrl=no, xpti=no, xpti=0 */                \
        X(UPDATE_EXTLINUX, false) /* Alpine's /etc/update-extlinux.conf */                                                            \
        X(U_BOOT_MENU, false)     /* Debian's /etc/default/u-boot, then u-boot-menu/conf.d of /usr/share and /etc; not with /etc/kernel/cmdline */ \
        X(FLASH_KERNEL, false)    /* Debian's /etc/default/flash-kernel */                                                            \
        X(DRACUT, true)           /* /etc/dracut.conf, then dracut.conf.d: kernel_cmdline, for unified kernel images */

enum variable_file {
#define X(name, bash) VARIABLE_FILE_##name,
        VARIABLE_FILES(X)
#undef X
};

/* Edits the assignments that count once a shell has read all files, in their order. Words in assignments that count no more are told in
 * `remarks`. What only a shell can tell (computed values, `if`, another file's contents) is refused. Words are added to the variable that
 * reaches all entries, or to the one behind it where that one would contradict. */
struct edited_files edit_variables(struct arena *a, struct text_files files, enum variable_file kind, const struct word_changes *changes);

/* The text of a file of its own, read last, that adds words: `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX word"`. */
struct str variables_drop_in(struct arena *a, enum variable_file kind, const struct word_changes *changes);

/* ---- Settings that several files make: sysctl.d and modprobe.d ---- */

/* Where a setting is made last. */
struct setting {
        bool set;
        struct str value;
        struct str path;
        uint32_t line;
};

/* Programs that read sysctl.d and disagree about /etc/sysctl.conf. */
enum sysctl_reader {
        SYSCTL_SYSTEMD, /* knows only sysctl.d; a link there to ../sysctl.conf is a file like any other */
        SYSCTL_PROCPS,  /* `sysctl --system`, OpenRC: /etc/sysctl.conf comes last */
};

/* What a key is at start: the files of all directories (/etc, /run, /usr/local/lib, /usr/lib, /lib), in any order, with whole paths; a file
 * that is masked (a link to /dev/null) is given with an empty text. A name hides the same name in lower directories. */
struct setting sysctl_at_start(struct arena *a, struct text_files files, enum sysctl_reader reader, struct str key);

/* Makes `key` be `value` at start, whichever of the two reads it: the line below /etc that sets it last is edited, else it is set in the
 * file `own` (a path, say /etc/sysctl.d/zz-NAME.conf), in which other lines stay. */
struct edited_files edit_sysctl(struct arena *a, struct text_files files, struct str key, struct str value, struct str own);

/* What a module's parameter is when the module is loaded, by modprobe.d alone; the kernel's line comes after it. */
struct setting module_option(struct arena *a, struct text_files files, struct str module, struct str parameter);

/* Makes the parameter be `value`, as above. A value whose `p` is NULL takes the parameter out of all lines below /etc; where a package's
 * file has it, or an `install` line runs a command, that is refused. */
struct edited_files edit_module_option(struct arena *a, struct text_files files, struct str module, struct str parameter,
                                       struct str value, struct str own);

#endif
