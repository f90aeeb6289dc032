#include "apply/next_start.h"

enum { FILE_MAX = 16 << 20 };

struct files {
        struct text_file *items;
        ptrdiff_t count, capacity;
};

static bool read_file(const struct tree *t, struct arena *a, struct str path, struct str *ret) {
        return tree_read(t, str_to_c(a, path), FILE_MAX, a, ret) == 0;
}

/* Those of a folder whose names end so; images come without text: their line stands in a section that is not read. */
static void read_folder(struct files *all, const struct tree *t, struct arena *a, struct str folder, struct str end, bool text) {
        struct tree_names names;

        if (folder.len == 0 || tree_list(t, str_to_c(a, folder), a, &names) != 0)
                return;
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct text_file one = { .path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i])) };

                if (str_ends(names.items[i], end) && (!text || read_file(t, a, one.path, &one.text)))
                        *arena_append(a, all) = one;
        }
}

static struct str first_of(const struct tree *t, struct arena *a, const char *const *paths, int count) {
        struct str text = { 0 };

        for (int i = 0; i < count && !text.p; i++)
                (void)read_file(t, a, str_of(paths[i]), &text);
        return text;
}

/* A file of one's own that GRUB reads besides, and that chooses. */
static void look_at_custom(struct boot_menu *menu, const struct tree *t, struct arena *a) {
        static const char *const paths[] = { "/boot/grub/custom.cfg", "/boot/grub2/custom.cfg" };
        struct str text;

        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
                if (!menu->doubt.len && read_file(t, a, str_of(paths[i]), &text) && str_find(text, S("default=")) >= 0)
                        menu->doubt = str_fmt(a, "%s may choose another entry", paths[i]);
}

static struct boot_menu read_grub(struct arena *a, const struct tree *t, const struct layout *l) {
        static const char *const blocks[] = { "/boot/grub2/grubenv", "/boot/grub/grubenv" };
        struct text_file config = { .path = l->config };
        struct files entries = { 0 };
        struct boot_menu menu;

        if (!read_file(t, a, config.path, &config.text))
                return (struct boot_menu){ .starts = -1, .doubt = str_fmt(a, "%.*s cannot be read", STR_ARG(config.path)) };
        read_folder(&entries, t, a, l->entries, S(".conf"), true);
        menu = boot_grub(a, config, first_of(t, a, blocks, 2), (struct text_files){ .items = entries.items, .count = entries.count });
        if (menu.reads.count)
                look_at_custom(&menu, t, a);
        return menu;
}

static struct boot_menu read_systemd(struct arena *a, const struct tree *t, const struct layout *l) {
        static const char *const configs[] = { "/efi/loader/loader.conf", "/boot/efi/loader/loader.conf", "/boot/loader/loader.conf" };
        static const char *const images[] = { "/efi/EFI/Linux", "/boot/efi/EFI/Linux", "/boot/EFI/Linux" };
        const struct loader_variables v = { .one_shot = layout_variable(a, t, "LoaderEntryOneShot"),
                                            .fixed = layout_variable(a, t, "LoaderEntryDefault"),
                                            .last_booted = layout_variable(a, t, "LoaderEntryLastBooted") };
        struct files entries = { 0 };

        read_folder(&entries, t, a, l->entries, S(".conf"), true);
        for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
                read_folder(&entries, t, a, str_of(images[i]), S(".efi"), false);
        return boot_systemd(a, first_of(t, a, configs, 3), (struct text_files){ .items = entries.items, .count = entries.count }, &v);
}

static struct boot_menu read_extlinux(struct arena *a, const struct tree *t, const struct layout *l) {
        const struct str paths[] = { l->loader == LOADER_EXTLINUX ? l->config : S("/boot/extlinux/extlinux.conf"), S("/boot/extlinux.conf") };
        struct text_file config = { 0 };

        for (size_t i = 0; i < 2; i++) {
                config.path = paths[i];
                if (read_file(t, a, config.path, &config.text))
                        return boot_extlinux(a, config);
        }
        return (struct boot_menu){ .starts = -1, .doubt = S("extlinux.conf cannot be read") };
}

void next_start_read(struct next_start *ret, struct arena *a, const struct tree *t, const struct layout *l) {
        struct boot_menu menu;

        *ret = (struct next_start){ 0 };
        switch (l->loader) {
        case LOADER_GRUB:
        case LOADER_GRUB_BLS:
                menu = read_grub(a, t, l);
                break;
        case LOADER_SYSTEMD_BOOT:
        case LOADER_SDBOOTUTIL:
        case LOADER_KERNELSTUB:
        case LOADER_PROXMOX:
                menu = read_systemd(a, t, l);
                break;
        case LOADER_EXTLINUX:
        case LOADER_EXTLINUX_ALPINE:
        case LOADER_U_BOOT_MENU:
                menu = read_extlinux(a, t, l);
                break;
        default:
                return;
        }
        ret->doubt = menu.doubt;
        ret->once = menu.once;
        if (menu.starts < 0)
                return;
        ret->entry = &menu.items[menu.starts];
        if (ret->entry->expands && !ret->doubt.len)
                ret->doubt = S("its words depend on a variable whose value is not known");
}
