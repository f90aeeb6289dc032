/* Sysctls, settings of the running kernel and options of its modules: now, on the running machine, and at each start. */
#include "apply/realise_parts.h"

#include <errno.h>

#include "catalog/computed.h"
#include "evidence/places.h"

#define OWN_SYSCTL "/etc/sysctl.d/zz-sidelight.conf"
#define OWN_MODPROBE "/etc/modprobe.d/zz-sidelight.conf"

/* ---- The files that set them at start ---- */

/* Those of all directories; one that is masked (a link to /dev/null) is empty. */
struct text_files realise_settings(struct realising *x, const char *folder) {
        static const char *const above[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib" };
        struct { struct text_file *items; ptrdiff_t count, capacity; } all = { 0 };
        struct str text;

        for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++) {
                const char *path = str_fmt(x->a, "%s/%s", above[i], folder).p;
                struct tree_names names;

                if (tree_list(x->tree, path, x->a, &names) != 0)
                        continue;
                if (names.odd)
                        realise_remark(x, str_fmt(x->a, "%s: a file whose name holds control characters was not looked at", path));
                for (ptrdiff_t k = 0; k < names.count; k++) {
                        struct str file = str_fmt(x->a, "%s/%.*s", path, STR_ARG(names.items[k]));

                        if (str_ends(file, S(".conf")))
                                *arena_append(x->a, &all) = (struct text_file){ .path = file,
                                                                                .text = realise_read(x, file, &text) ? text : S("") };
                }
        }
        if (strcmp(folder, "sysctl.d") == 0 && realise_read(x, S("/etc/sysctl.conf"), &text))
                *arena_append(x->a, &all) = (struct text_file){ .path = S("/etc/sysctl.conf"), .text = text };
        return (struct text_files){ .items = all.items, .count = all.count };
}

/* A package's file is not edited by hand either: one of the same name in /etc counts in its place. */
static struct str instead_of(struct realising *x, struct str path, struct str what) {
        struct str rest = path, part, name = S(""), folder = S("");

        if (path.len == 0 || str_starts(path, S("/etc/")))
                return str_fmt(x->a, "%.*s there by hand", STR_ARG(what));
        while (str_cut(&rest, '/', &part)) {
                folder = name;
                name = part;
        }
        return str_fmt(x->a, "copy it to /etc/%.*s/%.*s, which then counts in its place, and %.*s there", STR_ARG(folder), STR_ARG(name),
                       STR_ARG(what));
}

static void settle(struct realising *x, struct edited_files *e, struct str what) {
        for (ptrdiff_t i = 0; i < e->count; i++) /* Debian's link: the file itself is edited */
                if (str_eq(e->items[i].path, S("/etc/sysctl.d/99-sysctl.conf")) && realise_is_there(x, "/etc/sysctl.conf")) {
                        struct tree_file f;

                        if (tree_look(x->tree, "/etc/sysctl.d/99-sysctl.conf", &f) == ELOOP)
                                e->items[i].path = S("/etc/sysctl.conf");
                }
        (void)realise_edited_files(x, e, instead_of(x, e->path, what));
}

/* ---- The running kernel ---- */

static struct str proc_path(struct realising *x, struct str sysctl) {
        char *path = arena_bytes(x->a, sysctl.len + 1);

        for (ptrdiff_t i = 0; i < sysctl.len; i++)
                path[i] = sysctl.p[i] == '.' ? '/' : sysctl.p[i];
        return str_fmt(x->a, "/proc/sys/%.*s", STR_ARG(str_n(path, sysctl.len)));
}

/* Takes effect at once; only on the running machine, and where the kernel lets it be written. */
static void set_now(struct realising *x, struct str path, struct str to) {
        const char *p = str_to_c(x->a, path);
        struct tree_file f;
        struct str now;

        if (!x->tree->live || tree_look(x->tree, p, &f) != 0 || !(f.mode & 0200) || tree_read(x->tree, p, 4096, x->a, &now) != 0)
                return;
        deeds_value(x->deeds, x->a, x->step, path, str_trim(now), to);
}

/* "off" is final for neither the kernel nor the way back; any other state is not to be written. */
static void smt(struct realising *x, const struct change *c) {
        struct str now;

        if (x->tree->live && tree_read(x->tree, PLACE_SMT_CONTROL, 64, x->a, &now) == 0 && str_eq(str_trim(now), S("on")))
                set_now(x, S(PLACE_SMT_CONTROL), c->new);
}

static void sysctl(struct realising *x, const struct change *c) {
        struct edited_files e = edit_sysctl(x->a, realise_settings(x, "sysctl.d"), c->target.key, c->new, S(OWN_SYSCTL));

        settle(x, &e, str_fmt(x->a, "set %.*s = %.*s", STR_ARG(c->target.key), STR_ARG(c->new)));
        set_now(x, proc_path(x, c->target.key), c->new);
}

/* ---- Modules ---- */

/* Built in: then modprobe.d is not asked, only the kernel's command line. */
static bool is_built_in(struct realising *x, struct str module) {
        const struct fact *release = facts_get(x->facts, COMPUTED_KERNEL_RELEASE);
        struct str text;

        return release->state == FACT_KNOWN &&
               realise_read(x, str_fmt(x->a, "/lib/modules/%.*s/modules.builtin", STR_ARG(release->text)), &text) &&
               str_find(text, str_fmt(x->a, "/%.*s.ko", STR_ARG(module))) >= 0;
}

/* The initial RAM disk holds a copy of modprobe.d. */
static void rebuild(struct realising *x) {
        static const char *const tools[][2] = { { "/usr/sbin/update-initramfs", "update-initramfs -u -k all" },
                                                { "/usr/bin/mkinitcpio", "mkinitcpio -P" },
                                                { "/usr/bin/dracut", "dracut -f --regenerate-all" } };

        for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
                if (realise_is_there(x, tools[i][0])) {
                        deeds_command(x->deeds, x->a, x->step, tools[i][1], S(""), false);
                        return;
                }
}

static void module_start(struct realising *x, struct str module, struct str parameter, struct str value) {
        struct text_files files = realise_settings(x, "modprobe.d");
        struct setting s = module_option(x->a, files, module, parameter);
        struct edited_files e;
        struct word_change word = { .add = str_fmt(x->a, "%.*s.%.*s=%.*s", STR_ARG(module), STR_ARG(parameter), STR_ARG(value)) };

        if (is_built_in(x, module)) {
                if (value.p)
                        realise_line(x, &(struct word_changes){ .items = &word, .count = 1 });
                return;
        }
        if (!s.set && (!value.p || str_eq(value, S("auto")))) /* what the kernel does by itself */
                return;
        e = edit_module_option(x->a, files, module, parameter, value, S(OWN_MODPROBE));
        settle(x, &e, value.p ? str_fmt(x->a, "write options %.*s %.*s=%.*s", STR_ARG(module), STR_ARG(parameter), STR_ARG(value))
                              : str_fmt(x->a, "take %.*s out of %.*s's options", STR_ARG(parameter), STR_ARG(module)));
        if (e.outcome == EDITED_DONE)
                rebuild(x);
}

static void module_option_change(struct realising *x, const struct change *c) {
        struct str path = str_fmt(x->a, "/sys/module/%.*s/parameters/%.*s", STR_ARG(c->target.place), STR_ARG(c->target.key));

        module_start(x, c->target.place, c->target.key, c->edit == EDIT_REMOVE ? (struct str){ 0 } : c->new);
        if (c->edit != EDIT_REMOVE)
                set_now(x, path, c->new);
}

/* "/sys/module/kvm/parameters/nx_huge_pages" is an option of a module, too. */
static void setting(struct realising *x, const struct change *c) {
        struct str rest = str_from(c->target.key, (ptrdiff_t)sizeof("/sys/module/") - 1), module;
        ptrdiff_t at = str_find(rest, S("/parameters/"));

        if (str_eq(c->target.key, S(PLACE_SMT_CONTROL))) {
                smt(x, c);
                return;
        }
        if (str_starts(c->target.key, S("/sys/module/")) && at > 0) {
                module = str_sub(rest, 0, at);
                module_start(x, module, str_from(rest, at + 12), c->new);
        }
        set_now(x, c->target.key, c->new);
}

void realise_value(struct realising *x, const struct change *c) {
        switch (c->target.kind) {
        case TARGET_SYSCTL:
                sysctl(x, c);
                break;
        case TARGET_SETTING:
                setting(x, c);
                break;
        case TARGET_MODULE_OPTION:
                module_option_change(x, c);
                break;
        default:
                realise_refuse(x, target_title(c->target.kind), S("it cannot be changed here"), change_text(x->a, c));
        }
}
