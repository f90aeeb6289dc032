/* Results read: which entry a boot loader's configuration starts next, and with which words. Pure: files in, entries out.
 *
 * What a tool wrote from its sources is read here again; that alone says that a change will take effect. What is not followed is told as
 * `doubt`, and then nobody may promise anything. */
#ifndef SIDELIGHT_PLAN_EDIT_BOOT_H
#define SIDELIGHT_PLAN_EDIT_BOOT_H

#include "plan/edit/edit.h"

struct boot_entry {
        struct str id, title;
        struct str path;    /* the file in which its kernel line stands */
        uint32_t line;      /* and where; 0: it has none */
        struct str kernel;
        struct str words;   /* the kernel's line as the loader hands it over, without BOOT_IMAGE= and initrd=; variables are expanded;
                             * a line for each branch, where GRUB decides at start which one it takes */
        bool expands;       /* a variable whose value is not known is in it, as `$name` */
        bool rescue;
        bool submenu;
        ptrdiff_t parent;   /* of GRUB's menu: the submenu in which it stands; -1: none */
};

struct boot_menu {
        struct boot_entry *items; /* in the loader's order; submenus stand before what is in them */
        ptrdiff_t count, capacity;
        ptrdiff_t starts;         /* the entry that starts next; -1: not known, or there is none */
        bool once;                /* only the next time (next_entry, LoaderEntryOneShot) */
        struct str doubt;         /* why `starts` is not known, or not sure; empty: it is sure */
        struct {
                struct remark *items; /* what the configuration reads besides, if it is there: custom.cfg … */
                ptrdiff_t count, capacity;
        } reads;
};

/* True when the kernel of the entry may be started with the word (as words_hold, plan/edit/words.h): one branch holds it. */
bool boot_entry_holds(struct arena *a, const struct boot_entry *e, struct str word);
/* True when it always is: every branch holds it. */
bool boot_entry_always_holds(struct arena *a, const struct boot_entry *e, struct str word);

/* GRUB: grub.cfg, its environment block (text with `p` NULL: there is none), and the files of loader/entries for `blscfg`. */
struct boot_menu boot_grub(struct arena *a, struct text_file config, struct str grubenv, struct text_files entries);

/* What systemd-boot keeps in EFI variables, as text; empty: not set. */
struct loader_variables {
        struct str one_shot, fixed, last_booted; /* LoaderEntryOneShot, LoaderEntryDefault, LoaderEntryLastBooted */
};

/* systemd-boot: loader.conf (may be empty), and the files of loader/entries and EFI/Linux; of an image (.efi) the text is its command
 * line, and `p` NULL where that was not read. */
struct boot_menu boot_systemd(struct arena *a, struct str loader_conf, struct text_files entries, const struct loader_variables *v);

/* extlinux.conf and syslinux.cfg. */
struct boot_menu boot_extlinux(struct arena *a, struct text_file config);

/* Words in the kernel lines of a grub.cfg, for systems without a source or a tool: all entries but rescue ones. */
struct edited edit_grub_cfg(struct arena *a, struct str text, const struct word_changes *changes);

/* Order of versions, <0, 0, >0: as rpm has it, or as the Boot Loader Specification has it. */
int boot_version_order(struct str a, struct str b, bool rpm);

#endif
