#include "apply/layout.h"

#include <string.h>

#include "base/utf16.h"
#include "catalog/computed.h"
#include "evidence/places.h"

static const struct str words[] = {
#define X(name, word, title) [LOADER_##name] = STR(word),
        LOADERS(X)
#undef X
};

static const struct str titles[] = {
#define X(name, word, title) [LOADER_##name] = STR(title),
        LOADERS(X)
#undef X
};

struct str loader_word(enum loader l) {
        return words[l];
}

struct str loader_title(enum loader l) {
        return titles[l];
}

/* ---- Systems that keep their boot configuration themselves ---- */

struct owner {
        const char *id;     /* of /etc/os-release; or NULL */
        const char *marker; /* a path that tells it as well; or NULL */
        const char *why, *instead;
        bool efi;           /* the firmware starts it, and it starts kernels by their EFI stub */
};

#define PETITBOOT "petitboot takes the line from it"
#define LIMINE "take WORDS out of its cmdline lines"

#define FIRMWARE_GRUB "GRUB in the firmware (coreboot) reads it in place of grub.cfg"

static const struct owner owners[] = {
        { "nixos", "/etc/NIXOS", "NixOS generates its boot entries from its configuration",
          "take WORDS out of boot.kernelParams in the system's configuration, then run: nixos-rebuild boot" },
        { "guix", "/run/current-system/profile/etc/guix", "Guix generates its boot entries from its configuration",
          "take WORDS out of kernel-arguments in the operating-system declaration, then run: guix system reconfigure" },
        { "ubuntu-core", NULL, "Ubuntu Core's command line belongs to the gadget snap",
          "take WORDS out of the gadget's cmdline.extra or cmdline.full, or out of what `snap get system system.kernel` shows" },
        { "bottlerocket", NULL, "Bottlerocket's command line is set by its API",
          "take WORDS out of settings.boot.kernel-parameters with apiclient" },
        { "flatcar", "/usr/share/flatcar", "Flatcar's command line stands on its OEM partition",
          "take WORDS out of linux_append in grub.cfg of the OEM partition (/oem/grub.cfg)" },
        { "cos", NULL, "Container-Optimized OS verifies its boot partition", "replace the node by one whose image does not have WORDS" },
        { "talos", NULL, "Talos' command line belongs to its image", "take WORDS out of machine.install.extraKernelArgs, then upgrade the node" },
        { "steamos", NULL, "SteamOS replaces its boot configuration with each image", "see `steamos-readonly` and its documentation for WORDS" },
        { "vanilla", NULL, "Vanilla OS' boot entries belong to ABRoot", "take WORDS out with: abroot kargs edit" },
        { "opensuse-microos", NULL, "MicroOS is changed only by transactional-update",
          "in `transactional-update shell` take WORDS out of the boot loader's configuration" },
        { "clear-linux-os", "/usr/bin/clr-boot-manager", "clr-boot-manager writes the boot entries",
          "put a line with WORDS into a file of /etc/kernel/cmdline-removal.d, then run: clr-boot-manager update" },
        { NULL, "/etc/sdboot-manage.conf", "sdboot-manage writes the boot entries",
          "take WORDS out of LINUX_OPTIONS in /etc/sdboot-manage.conf, then run: sdboot-manage gen" },
        { NULL, "/opt/xensource/libexec/xen-cmdline", "XCP-ng's boot configuration is kept by its own tool",
          "use /opt/xensource/libexec/xen-cmdline --delete-dom0 for WORDS" },
        { NULL, "/boot/kexec.sig", "Heads, in the firmware, starts only what is signed in /boot",
          "take WORDS out where grub.cfg is made, then choose the entry anew in Heads' menu, which signs /boot again" },
        { NULL, "/boot/grub/libreboot_grub.cfg", FIRMWARE_GRUB, "take WORDS out of /boot/grub/libreboot_grub.cfg" },
        { NULL, "/boot/grub/coreboot_grub.cfg", FIRMWARE_GRUB, "take WORDS out of /boot/grub/coreboot_grub.cfg" },
        { NULL, "/etc/qubes-release", "Qubes OS sets its boot parameters for protection", "change WORDS by hand, as Qubes' documentation says" },
};

/* Loaders of which this program has no editor. */
static const struct owner strangers[] = {
        { NULL, "/etc/zipl.conf", "zipl writes the boot record from it, and a change counts only after it ran",
          "take WORDS out of the parameters in /etc/zipl.conf or the boot entries, then run: zipl" },
        { NULL, "/etc/lilo.conf", "LILO keeps the line in its map", "take WORDS out of append= in /etc/lilo.conf, then run: lilo" },
        { NULL, "/boot/grub/menu.lst", "it is GRUB Legacy's configuration", "take WORDS out of the kernel lines of /boot/grub/menu.lst" },
        { NULL, "/etc/yaboot.conf", "it is yaboot's configuration", "take WORDS out of append= in /etc/yaboot.conf, then run: ybin" },
        { NULL, "/boot/petitboot.conf", PETITBOOT, "take WORDS out of the args lines in /boot/petitboot.conf" },
        { NULL, "/etc/kboot.conf", PETITBOOT, "take WORDS out of the lines in /etc/kboot.conf" },
        { NULL, "/kboot.conf", PETITBOOT, "take WORDS out of the lines in /kboot.conf" },
        { NULL, "/etc/default/limine", "it is Limine's configuration", "take WORDS out of KERNEL_CMDLINE in /etc/default/limine, then run: limine-update" },
        { NULL, "/boot/limine.conf", "it is Limine's configuration", LIMINE },
        { NULL, "/boot/limine/limine.conf", "it is Limine's configuration", LIMINE },
        { NULL, "/boot/EFI/limine/limine.conf", "it is Limine's configuration", LIMINE },
        { NULL, "/boot/efi/limine.conf", "it is Limine's configuration", LIMINE },
        { NULL, "/boot/efi/EFI/limine/limine.conf", "it is Limine's configuration", LIMINE },
        { NULL, "/boot/limine.cfg", "it is Limine's configuration", LIMINE },
        { NULL, "/boot/armbianEnv.txt", "U-Boot's script of Armbian takes the line from it", "take WORDS out of extraargs in /boot/armbianEnv.txt" },
        { NULL, "/etc/depthcharge-tools", "depthcharge starts a signed image that holds the line",
          "change the line with depthchargectl config, then run: depthchargectl build and depthchargectl write" },
        { NULL, "/etc/depthchargectl", "depthcharge starts a signed image that holds the line",
          "change the line with depthchargectl config, then run: depthchargectl build and depthchargectl write" },
        { NULL, "/boot/boot.img", "Android's loader starts an image that holds the line",
          "take WORDS out where the image is built (deviceinfo_kernel_cmdline in /etc/deviceinfo on postmarketOS), and flash it" },
        { NULL, "/etc/zfsbootmenu", "ZFSBootMenu takes the line from a property of the pool",
          "take WORDS out of the property org.zfsbootmenu:commandline" },
        { NULL, "/boot/mariner.cfg", "each kernel package replaces its lines", "take WORDS out of mariner_cmdline and kernelopts, for each kernel" },
};

/* Files of loaders that are known, in a form that is not edited. */
static const struct owner foreign_grub = { .why = "its grub.cfg is there, and not what it is made from (/etc/default/grub)",
                                           .instead = "take WORDS out where grub.cfg is made" };
static const struct owner refind_stanza = { .why = "rEFInd's menu entries are not edited",
                                            .instead = "take WORDS out of the options in refind.conf", .efi = true };
static const struct owner raspberry_boards = { .why = "config.txt names another command line under a condition",
                                               .instead = "take WORDS out of the file that it names for this board" };

struct search {
        struct layout *ret;
        struct arena *a;
        const struct tree *t;
        struct str distribution; /* "ubuntu debian" */
        struct str line;         /* of the running kernel; empty where it is not known */
        struct str loader_info, stub_info;
};

static bool there(const struct search *s, const char *path) {
        return path && tree_exists(s->t, path) == 0;
}

static bool refuse(struct search *s, const char *why, const char *instead, struct str evidence) {
        s->ret->loader = LOADER_REFUSED;
        s->ret->refusal = str_of(why);
        s->ret->instead = str_of(instead);
        s->ret->why = evidence;
        return true;
}

static bool find_owner(struct search *s) {
        for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
                const struct owner *o = &owners[i];

                if (o->id && str_has_word(s->distribution, str_of(o->id)))
                        return refuse(s, o->why, o->instead, str_fmt(s->a, "the system is %s", o->id));
                if (there(s, o->marker))
                        return refuse(s, o->why, o->instead, str_fmt(s->a, "%s is there", o->marker));
        }
        return false;
}

static bool find_image_system(struct search *s) {
        bool image = there(s, "/usr/lib/bootc/kargs.d") && !s->t->live;

        if (!image && (there(s, "/run/ostree-booted") || there(s, "/ostree/repo"))) {
                s->ret->why = there(s, "/run/ostree-booted") ? S("/run/ostree-booted is there") : S("/ostree/repo is there");
                s->ret->loader = there(s, "/usr/bin/rpm-ostree") ? LOADER_OSTREE : LOADER_REFUSED;
                if (s->ret->loader == LOADER_REFUSED)
                        return refuse(s, "the system is kept by ostree, and rpm-ostree is not there",
                                      "take WORDS out of the deployment's arguments: ostree admin kargs edit-in-place, or the image's "
                                      "/usr/lib/bootc/kargs.d", s->ret->why);
                return true;
        }
        if (there(s, "/usr/lib/bootc/kargs.d")) {
                s->ret->loader = LOADER_BOOTC;
                s->ret->why = S("/usr/lib/bootc/kargs.d is there");
                if (s->t->live)
                        return refuse(s, "the arguments belong to the image", "take WORDS out of /usr/lib/bootc/kargs.d where the image is built",
                                      s->ret->why);
                return true;
        }
        return false;
}

/* ---- Candidates ---- */

struct candidate {
        enum loader loader;
        struct str config, entries;
        const struct owner *stranger; /* one that is left alone */
};

struct candidates {
        struct candidate *items;
        ptrdiff_t count, capacity;
};

static const char *const esps[] = { "/efi", "/boot/efi", "/boot" };

static bool any_with(const struct search *s, const char *folder, struct str end, struct str *ret_name) {
        struct tree_names names;

        if (tree_list(s->t, folder, s->a, &names) != 0)
                return false;
        for (ptrdiff_t i = 0; i < names.count; i++)
                if (str_ends(names.items[i], end)) {
                        *ret_name = names.items[i];
                        return true;
                }
        return false;
}

static void add(struct search *s, struct candidates *all, enum loader loader, struct str config, struct str entries) {
        *arena_append(s->a, all) = (struct candidate){ .loader = loader, .config = config, .entries = entries };
}

static void add_stranger(struct search *s, struct candidates *all, const struct owner *o, struct str config) {
        add(s, all, LOADER_REFUSED, config, S(""));
        all->items[all->count - 1].stranger = o;
}

static void find_grub(struct search *s, struct candidates *all) {
        static const char *const configs[] = { "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg" };
        struct str text, name;

        for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
                bool read = tree_read(s->t, configs[i], 16 << 20, s->a, &text) == 0;
                bool entries = read && str_find(text, S("blscfg")) >= 0 && any_with(s, "/boot/loader/entries", S(".conf"), &name);

                if (!read)
                        continue;
                if (entries)
                        add(s, all, LOADER_GRUB_BLS, str_of(configs[i]), S("/boot/loader/entries"));
                else if (there(s, "/etc/default/grub"))
                        add(s, all, LOADER_GRUB, str_of(configs[i]), S(""));
                else if (!there(s, "/boot/mariner.cfg"))
                        add_stranger(s, all, &foreign_grub, str_of(configs[i]));
                return;
        }
        if (there(s, "/etc/default/grub"))
                add(s, all, LOADER_GRUB, there(s, "/boot/grub2") ? S("/boot/grub2/grub.cfg") : S("/boot/grub/grub.cfg"), S(""));
}

static bool has_systemd_boot(const struct search *s, const char *esp) {
        struct str name;

        return (any_with(s, str_fmt(s->a, "%s/EFI/systemd", esp).p, S(".efi"), &name) || there(s, str_fmt(s->a, "%s/loader/loader.conf", esp).p));
}

/* Entries may stand on another partition than the loader. */
static struct str entries_folder(const struct search *s) {
        struct str name;

        for (size_t i = 0; i < sizeof(esps) / sizeof(esps[0]); i++) {
                struct str folder = str_fmt(s->a, "%s/loader/entries", esps[i]);

                if (any_with(s, folder.p, S(".conf"), &name))
                        return folder;
        }
        return S("");
}

static bool find_uki(const struct search *s, struct str *ret) {
        struct str name;

        for (size_t i = 0; i < sizeof(esps) / sizeof(esps[0]); i++) {
                struct str folder = str_fmt(s->a, "%s/EFI/Linux", esps[i]);

                if (any_with(s, folder.p, S(".efi"), &name)) {
                        *ret = folder;
                        return true;
                }
        }
        return false;
}

static void find_systemd_boot(struct search *s, struct candidates *all) {
        struct str entries = entries_folder(s), uki = S("");
        bool boot = false;

        for (size_t i = 0; i < sizeof(esps) / sizeof(esps[0]); i++)
                boot |= has_systemd_boot(s, esps[i]);
        if (there(s, "/etc/kernel/proxmox-boot-uuids")) {
                add(s, all, LOADER_PROXMOX, S("/etc/kernel/cmdline"), S(""));
                return;
        }
        if (there(s, "/usr/bin/sdbootutil") && (boot || entries.len)) {
                add(s, all, LOADER_SDBOOTUTIL, S("/etc/kernel/cmdline"), entries);
                return;
        }
        if (there(s, "/etc/kernelstub/configuration")) {
                add(s, all, LOADER_KERNELSTUB, S("/etc/kernelstub/configuration"), entries);
                return;
        }
        if (find_uki(s, &uki) && !(boot && entries.len && s->stub_info.len == 0))
                add(s, all, LOADER_UKI, uki, S(""));
        else if (boot)
                add(s, all, LOADER_SYSTEMD_BOOT, S(""), entries);
}

static const char *first_there(const struct search *s, const char *const *paths, int count) {
        for (int i = 0; i < count; i++)
                if (there(s, paths[i]))
                        return paths[i];
        return NULL;
}

/* The file that config.txt names; false where it names another one on some boards only. */
static bool raspberry_file(const struct search *s, const char *folder, struct str *ret) {
        struct str text, line, prefix = S(""), name = S("cmdline.txt");
        bool filtered = false;

        if (tree_read(s->t, str_fmt(s->a, "%s/config.txt", folder).p, 1 << 20, s->a, &text) != 0)
                text = S("");
        while (str_line(&text, &line)) {
                struct str value = line = str_trim(line), key;

                if (str_starts(line, S("[")))
                        filtered = !str_eq_nocase(line, S("[all]"));
                if (!str_cut(&value, '=', &key) || (!str_eq(key, S("cmdline")) && !str_eq(key, S("os_prefix"))))
                        continue;
                if (filtered)
                        return false;
                *(str_eq(key, S("cmdline")) ? &name : &prefix) = value;
        }
        *ret = str_fmt(s->a, "%s/%.*s%.*s", folder, STR_ARG(prefix), STR_ARG(name));
        return true;
}

static void find_raspberry(struct search *s, struct candidates *all) {
        static const char *const folders[] = { "/boot/firmware", "/boot" };

        for (size_t i = 0; i < 2; i++) {
                const char *usual = str_fmt(s->a, "%s/cmdline.txt", folders[i]).p, *config = str_fmt(s->a, "%s/config.txt", folders[i]).p;
                struct str path;

                if (!there(s, usual) && !there(s, config))
                        continue;
                if (!raspberry_file(s, folders[i], &path))
                        add_stranger(s, all, &raspberry_boards, str_of(config));
                else if (there(s, path.p))
                        add(s, all, LOADER_RASPBERRY, path, S(""));
                else
                        continue;
                return;
        }
}

/* Two files of one loader are one candidate. */
static bool is_told(const struct candidates *all, const char *why) {
        for (ptrdiff_t i = 0; i < all->count; i++)
                if (all->items[i].stranger && strcmp(all->items[i].stranger->why, why) == 0)
                        return true;
        return false;
}

static void find_others(struct search *s, struct candidates *all) {
        static const char *const extlinuxes[] = { "/boot/extlinux/extlinux.conf", "/boot/syslinux/syslinux.cfg", "/boot/syslinux.cfg" };
        static const char *const refinds[] = { "/boot/refind_linux.conf", "/boot/efi/refind_linux.conf" };
        static const char *const stanzas[] = { "/boot/efi/EFI/refind/refind.conf", "/efi/EFI/refind/refind.conf", "/boot/EFI/refind/refind.conf" };

        if (there(s, "/etc/update-extlinux.conf"))
                add(s, all, LOADER_EXTLINUX_ALPINE, S("/etc/update-extlinux.conf"), S(""));
        else if (there(s, "/etc/default/u-boot") && there(s, "/boot/extlinux/extlinux.conf"))
                add(s, all, LOADER_U_BOOT_MENU, S("/etc/default/u-boot"), S(""));
        else if (there(s, "/etc/default/flash-kernel"))
                add(s, all, LOADER_FLASH_KERNEL, S("/etc/default/flash-kernel"), S(""));
        else if (first_there(s, extlinuxes, 3))
                add(s, all, LOADER_EXTLINUX, str_of(first_there(s, extlinuxes, 3)), S(""));
        find_raspberry(s, all);
        if (first_there(s, refinds, 2))
                add(s, all, LOADER_REFIND, str_of(first_there(s, refinds, 2)), S(""));
        else if (first_there(s, stanzas, 3))
                add_stranger(s, all, &refind_stanza, str_of(first_there(s, stanzas, 3)));
        for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
                if (there(s, strangers[i].marker) && !is_told(all, strangers[i].why))
                        add_stranger(s, all, &strangers[i], str_of(strangers[i].marker));
}

/* ---- Which of them ---- */

/* An EFI variable: four bytes of attributes, then UTF-16. */
struct str layout_variable(struct arena *a, const struct tree *t, const char *name) {
        struct str path = str_fmt(a, "/sys/firmware/efi/efivars/%s-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", name), raw;

        if (tree_read(t, path.p, 4096, a, &raw) != 0 || raw.len < 6)
                return S("");
        raw = utf8_from_utf16(a, raw.p + 4, raw.len - 4);
        return str_trim(str_sub(raw, 0, str_find_char(raw, '\0') >= 0 ? str_find_char(raw, '\0') : raw.len));
}

/* What the loader wrote, or what it put onto the line, speaks for this loader, or (false) for another one. */
static bool speaks_for(const struct search *s, const struct candidate *c, bool *ret_known, struct str *ret_why) {
        bool efi = str_starts(s->loader_info, S("systemd-boot")), grub = str_starts(s->loader_info, S("GRUB"));
        bool image = str_starts(s->line, S("BOOT_IMAGE=")) || str_find(s->line, S(" BOOT_IMAGE=")) >= 0;
        enum loader l = c->loader;
        bool stub = str_find(s->line, S("initrd=\\")) >= 0 || efi;
        bool is_efi = l == LOADER_SYSTEMD_BOOT || l == LOADER_UKI || l == LOADER_KERNELSTUB || l == LOADER_SDBOOTUTIL || l == LOADER_PROXMOX ||
                      l == LOADER_REFIND || (c->stranger && c->stranger->efi);

        *ret_known = efi || grub || image || stub || s->stub_info.len;
        if (efi || grub)
                *ret_why = str_fmt(s->a, "%.*s started this machine (LoaderInfo)", STR_ARG(s->loader_info));
        else if (s->stub_info.len)
                *ret_why = str_fmt(s->a, "%.*s started this machine (StubInfo)", STR_ARG(s->stub_info));
        else
                *ret_why = image ? S("BOOT_IMAGE= stands on the running command line") : S("initrd=\\ stands on the running command line");
        if (s->stub_info.len)
                return l == LOADER_UKI || l == LOADER_SDBOOTUTIL || l == LOADER_PROXMOX;
        if (efi || (stub && !image && !grub))
                return is_efi && l != LOADER_UKI;
        return image || grub ? !is_efi || l == LOADER_PROXMOX : false;
}

static void take(struct search *s, const struct candidate *c, struct str why) {
        s->ret->loader = c->loader;
        s->ret->config = c->config;
        s->ret->entries = c->entries;
        s->ret->why = why;
        if (c->stranger)
                (void)refuse(s, c->stranger->why, c->stranger->instead, why);
}

static void choose(struct search *s, const struct candidates *all) {
        const struct candidate *found = NULL;
        struct str names = S(""), why = S("");
        int spoken = 0;
        bool known = false;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct str title = all->items[i].stranger ? all->items[i].config : titles[all->items[i].loader];

                if (speaks_for(s, &all->items[i], &known, &why)) {
                        spoken++;
                        found = &all->items[i];
                }
                names = str_fmt(s->a, "%.*s%s%.*s", STR_ARG(names), i ? " and " : "", STR_ARG(title));
        }
        if (known && spoken == 1)
                take(s, found, why);
        else if (known && spoken == 0 && all->count)
                (void)refuse(s, str_fmt(s->a, "%.*s is there, but %.*s", STR_ARG(names), STR_ARG(why)).p,
                             "find where the running line comes from, and take WORDS out there", why);
        else if (all->count == 1)
                take(s, &all->items[0], S("no other boot loader's configuration is there"));
        else
                (void)refuse(s, str_fmt(s->a, "%.*s are there, and nothing tells which of them starts this machine", STR_ARG(names)).p,
                             "take WORDS out of the one that does, or remove the other", S("several boot loaders' files are there"));
}

static void none(struct search *s) {
        bool wsl = str_find(s->line, S("WSL")) >= 0 || there(s, "/run/WSL");

        (void)refuse(s, wsl ? "WSL's kernel gets its line from Windows" : "no boot loader's configuration was found here",
                     wsl ? "take WORDS out of kernelCommandLine in .wslconfig, then run in Windows: wsl --shutdown"
                         : "take WORDS out where the line comes from: the hypervisor's -append, PXE, the firmware's boot entry (efibootmgr -v), a device tree, "
                           "or CONFIG_CMDLINE of the kernel",
                     S("no boot loader's configuration is there"));
        s->ret->loader = LOADER_NONE;
}

void layout_find(struct layout *ret, struct arena *a, const struct tree *t, struct facts *f) {
        struct search s = { .ret = ret, .a = a, .t = t };
        const struct fact *distribution = facts_get(f, COMPUTED_OS_DISTRIBUTION);
        const struct record *line = evidence_file(f->evidence, S(PLACE_CMDLINE));
        struct candidates all = { 0 };

        *ret = (struct layout){ 0 };
        s.distribution = distribution->state == FACT_KNOWN ? distribution->text : S("");
        s.line = line && line->state == FACT_KNOWN ? line->text : S("");
        s.loader_info = layout_variable(a, t, "LoaderInfo");
        s.stub_info = layout_variable(a, t, "StubInfo");
        if (find_owner(&s) || find_image_system(&s))
                return;
        find_grub(&s, &all);
        find_systemd_boot(&s, &all);
        find_others(&s, &all);
        if (all.count)
                choose(&s, &all);
        else
                none(&s);
}
