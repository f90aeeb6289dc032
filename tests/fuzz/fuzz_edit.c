/* Editors of boot configuration: any bytes are refused with a reason or edited; what was edited needs no second edit; and readers of
 * results read them. The first byte chooses the editor; files of a chain are separated by form feeds. */
#include "fuzz.h"
#include "plan/edit/boot.h"
#include "plan/edit/udiff.h"

#define KEY "kernel.unprivileged_bpf_disabled"

static const struct word_change items[] = {
        { .remove = STR("nopti"), .add = STR("") },
        { .remove = STR("mitigations"), .add = STR("mitigations=auto,nosmt") },
};
static const struct word_changes changes = { .items = items, .count = 2 };

static struct edited line_file(struct arena *a, struct str text, const struct word_changes *c) {
        return edit_line_file(a, text, LINE_FILE_KERNEL_INSTALL, c);
}

static struct edited entry(struct arena *a, struct str text, const struct word_changes *c) {
        return edit_entry(a, text, ENTRY_GRUB, c);
}

static struct edited environment(struct arena *a, struct str text, const struct word_changes *c) {
        return grubenv_words(a, text, S("kernelopts"), c);
}

static struct edited (*const editors[])(struct arena *, struct str, const struct word_changes *) = {
        line_file, entry, environment, edit_extlinux, edit_refind_linux, edit_mariner, edit_kernelstub, edit_grub_cfg, look_at_tuned, edit_bootc_kargs,
};
enum { EDITOR_COUNT = sizeof(editors) / sizeof(editors[0]) };

static void diff(struct str old, struct str new) {
        struct out o = { 0 };
        const struct udiff_file file = { .path = S("x"), .old = old, .new = new };

        udiff(&o, &file);
        FUZZ_PROMISE((o.len == 0) == str_eq(old, new));
        out_free(&o);
}

static void edit(struct arena *a, size_t which, struct str text) {
        struct edited once = editors[which](a, text, &changes), twice;

        FUZZ_PROMISE(once.outcome != EDITED_REFUSED || once.reason.len > 0);
        FUZZ_PROMISE(once.outcome != EDITED_SAME || str_eq(once.text, text));
        if (once.outcome != EDITED_DONE)
                return;
        twice = editors[which](a, once.text, &changes);
        FUZZ_PROMISE(twice.outcome == EDITED_SAME);
        diff(text, once.text);
}

/* The files with their new contents in place. */
static struct text_files changed(struct arena *a, struct text_files files, const struct edited_files *e) {
        struct text_file *copy = arena_array(a, struct text_file, files.count + e->count + 1);
        ptrdiff_t count = 0;

        for (; count < files.count; count++)
                copy[count] = files.items[count];
        for (ptrdiff_t i = 0; i < e->count; i++) {
                ptrdiff_t at = 0;

                while (at < count && !str_eq(copy[at].path, e->items[i].path))
                        at++;
                copy[at] = e->items[i];
                count += at == count;
        }
        return (struct text_files){ .items = copy, .count = count };
}

static struct edited_files chain(struct arena *a, int which, struct text_files files) {
        switch (which) {
        case 0:
                return edit_variables(a, files, VARIABLE_FILE_GRUB, &changes);
        case 1:
                return edit_variables(a, files, VARIABLE_FILE_DRACUT, &changes);
        case 2:
                return edit_sysctl(a, files, S(KEY), S("2"), S("/etc/sysctl.d/zz.conf"));
        case 3:
                return edit_module_option(a, files, S("kvm"), S("nx_huge_pages"), S("auto"), S("/etc/modprobe.d/zz.conf"));
        default:
                return edit_module_option(a, files, S("kvm"), S("nx_huge_pages"), (struct str){ 0 }, S("/etc/modprobe.d/zz.conf"));
        }
}

static void edit_chain(struct arena *a, int which, struct text_files files) {
        struct edited_files once = chain(a, which, files), twice;

        FUZZ_PROMISE(once.outcome != EDITED_REFUSED || (once.reason.len > 0 && once.count == 0));
        FUZZ_PROMISE((once.outcome == EDITED_DONE) == (once.count > 0));
        twice = chain(a, which, changed(a, files, &once));
        FUZZ_PROMISE(once.outcome == EDITED_REFUSED || twice.outcome == EDITED_SAME);
}

static struct text_files split(struct arena *a, struct str text) {
        static const struct str paths[] = { STR("/etc/sysctl.d/a.conf"), STR("/usr/lib/sysctl.d/b.conf"), STR("/etc/sysctl.conf"),
                                            STR("/etc/modprobe.d/a.conf"), STR("/lib/modprobe.d/b.conf") };
        struct text_file *files = arena_array(a, struct text_file, 5);
        struct str piece;
        ptrdiff_t count = 0;

        while (count < 5 && str_cut(&text, '\f', &piece)) {
                files[count] = (struct text_file){ .path = paths[count], .text = piece };
                count++;
        }
        return (struct text_files){ .items = files, .count = count };
}

static void read_results(struct arena *a, struct str text) {
        struct text_file file = { .path = S("config"), .text = text };
        struct text_files files = split(a, text);
        const struct loader_variables v = { .one_shot = text };
        struct boot_menu menus[] = { boot_grub(a, file, text, files), boot_systemd(a, text, files, &v), boot_extlinux(a, file) };

        for (size_t i = 0; i < sizeof(menus) / sizeof(menus[0]); i++) {
                FUZZ_PROMISE(menus[i].starts < menus[i].count && (menus[i].starts >= 0 || menus[i].doubt.len > 0));
                for (ptrdiff_t k = 0; k < menus[i].count; k++)
                        FUZZ_PROMISE(!boot_entry_always_holds(a, &menus[i].items[k], S("nopti")) ||
                                     boot_entry_holds(a, &menus[i].items[k], S("nopti")));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena a = { 0 };
        struct str text = str_n((const char *)data + 1, (ptrdiff_t)size - 1);
        uint8_t which;

        if (size == 0)
                return 0;
        which = data[0] % (EDITOR_COUNT + 6);
        if (which < EDITOR_COUNT)
                edit(&a, which, text);
        else if (which < EDITOR_COUNT + 5)
                edit_chain(&a, which - EDITOR_COUNT, split(&a, text));
        else
                read_results(&a, text);
        arena_free(&a);
        return 0;
}
