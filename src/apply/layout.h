/* Which loader starts this machine, and where the kernel's command line comes from.
 *
 * What decides is the loader that started the machine, not the files that are there: leftovers of another loader are common. The
 * evidence: EFI variables that the loader set, what stands on the running command line, markers of systems that own their boot
 * configuration. Without such evidence one candidate is taken, and of two none. */
#ifndef SIDELIGHT_APPLY_LAYOUT_H
#define SIDELIGHT_APPLY_LAYOUT_H

#include "facts/facts.h"
#include "platform/tree.h"

/* Loaders whose configuration can be changed here. X(name, word, what people call it) */
#define LOADERS(X)                                                                   \
        X(NONE, "none", "no boot loader")                                            \
        X(REFUSED, "refused", "a boot configuration that is left alone")             \
        X(GRUB, "grub", "GRUB with /etc/default/grub")                               \
        X(GRUB_BLS, "grub-bls", "GRUB with boot entries (BLS)")                      \
        X(SYSTEMD_BOOT, "systemd-boot", "systemd-boot")                              \
        X(SDBOOTUTIL, "sdbootutil", "systemd-boot or GRUB kept by sdbootutil")       \
        X(UKI, "uki", "unified kernel images")                                       \
        X(KERNELSTUB, "kernelstub", "systemd-boot kept by kernelstub")               \
        X(PROXMOX, "proxmox", "proxmox-boot-tool")                                   \
        X(EXTLINUX_ALPINE, "update-extlinux", "extlinux kept by update-extlinux")    \
        X(U_BOOT_MENU, "u-boot-menu", "extlinux.conf kept by u-boot-menu")           \
        X(FLASH_KERNEL, "flash-kernel", "flash-kernel")                              \
        X(EXTLINUX, "extlinux", "extlinux.conf")                                     \
        X(RASPBERRY, "raspberry-pi", "Raspberry Pi firmware")                        \
        X(REFIND, "refind", "rEFInd with refind_linux.conf")                         \
        X(OSTREE, "rpm-ostree", "rpm-ostree")                                        \
        X(BOOTC, "bootc", "a bootc image")

enum loader {
#define X(name, word, title) LOADER_##name,
        LOADERS(X)
#undef X
        LOADER_COUNT,
};

struct str loader_word(enum loader l);
struct str loader_title(enum loader l);

struct layout {
        enum loader loader;
        struct str why;      /* the evidence, one clause */
        struct str entries;  /* folder of boot entries, where there are any */
        struct str config;   /* the loader's own configuration: grub.cfg, cmdline.txt, extlinux.conf */
        struct str refusal;  /* REFUSED, NONE: why nothing is edited */
        struct str instead;  /* and what to do: WORDS stands for the parameters */
};

/* A variable of the boot loader interface (systemd's), as text; empty where it is not set. */
struct str layout_variable(struct arena *a, const struct tree *t, const char *name);

/* `f`: facts of the machine that the tree holds. */
void layout_find(struct layout *ret, struct arena *a, const struct tree *t, struct facts *f);

#endif
