/* The kernel's command line, for each way of keeping it. The source is edited, the distribution's tool writes the result; where only
 * the result exists, or the tool does not rewrite it, the result is edited as well. */
#include "apply/realise_parts.h"

#include "apply/next_start.h"

#include "base/plain.h"
#include "evidence/kernel_line.h"
#include "plan/edit/words.h"
#include "platform/process.h"

static struct str by_hand(struct realising *x, const struct word_changes *w) {
        struct word_changes one = { .items = w->items, .count = 1 };
        struct str out = S(""), in = S("");

        for (ptrdiff_t i = 0; i < w->count; i++, one.items++) {
                struct str *list = one.items->remove.len ? &out : &in;

                *list = str_fmt(x->a, "%.*s%s%.*s", STR_ARG(*list), list->len ? " and " : "", STR_ARG(realise_words_text(x, &one)));
        }
        return str_fmt(x->a, "%s%.*s%s%s%s%.*s there by hand", out.len ? "take " : "", STR_ARG(out), out.len ? " out" : "",
                       out.len && in.len ? ", and " : "", in.len ? "add " : "", STR_ARG(in));
}

/* ---- Places ---- */

/* A file that holds the line; nothing where it is not there. */
static void edit_line(struct realising *x, const char *path, enum line_file kind, const struct word_changes *w) {
        struct str text;
        struct edited e;

        if (!realise_read(x, str_of(path), &text))
                return;
        e = edit_line_file(x->a, text, kind, w);
        (void)realise_edited(x, str_of(path), &e, by_hand(x, w));
}

/* A file that is read when the machine starts, and not here. */
static void refuse_odd_names(struct realising *x, struct str folder, const struct tree_names *names) {
        if (names->odd)
                realise_refuse(x, folder, S("a file's name in it holds control characters"), S("rename the file, then run fix again"));
}

/* All entries but those for rescue. */
static void edit_entries(struct realising *x, enum entry_reader reader, const struct word_changes *w) {
        struct tree_names names;

        if (x->layout->entries.len == 0 || tree_list(x->tree, str_to_c(x->a, x->layout->entries), x->a, &names) != 0)
                return;
        refuse_odd_names(x, x->layout->entries, &names);
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str path = str_fmt(x->a, "%.*s/%.*s", STR_ARG(x->layout->entries), STR_ARG(names.items[i])), text;
                struct edited e;

                if (!str_ends(names.items[i], S(".conf")) || entry_is_rescue(names.items[i]) || !realise_read(x, path, &text))
                        continue;
                e = edit_entry(x->a, text, reader, w);
                (void)realise_edited(x, path, &e, by_hand(x, w));
        }
}

/* Files that a shell reads as one: those of `paths` that are there, then those of the folders that end as they should. */
struct chain {
        struct { struct text_file *items; ptrdiff_t count, capacity; } files;
};

static void chain_file(struct realising *x, struct chain *c, struct str path) {
        struct str text;

        if (realise_read(x, path, &text))
                *arena_append(x->a, &c->files) = (struct text_file){ .path = path, .text = text };
}

static void chain_folder(struct realising *x, struct chain *c, const char *folder, struct str end) {
        struct tree_names names;

        if (tree_list(x->tree, folder, x->a, &names) != 0)
                return;
        refuse_odd_names(x, str_of(folder), &names);
        for (ptrdiff_t i = 0; i < names.count; i++)
                if (str_ends(names.items[i], end) && names.items[i].p[0] != '.')
                        chain_file(x, c, str_fmt(x->a, "%s/%.*s", folder, STR_ARG(names.items[i])));
}

static void edit_chain(struct realising *x, const struct chain *c, enum variable_file kind, const struct word_changes *w) {
        const struct text_files files = { .items = c->files.items, .count = c->files.count };
        struct edited_files e = edit_variables(x->a, files, kind, w);

        (void)realise_edited_files(x, &e, by_hand(x, w));
}

/* What cannot be done is told before anything is. */
static void run(struct realising *x, const char *words, struct str result) {
        struct str rest = str_of(words), tool = S("");

        (void)str_word(&rest, &tool);
        if (x->tree->live && !process_exists(str_to_c(x->a, tool))) {
                realise_refuse(x, tool, S("it is not installed, and it makes what the boot loader reads"), S("install it, then run fix again"));
                return;
        }
        if (x->tree->live && result.len && tree_is_read_only(x->tree, str_to_c(x->a, result))) {
                realise_refuse(x, result, S("its file system is read-only"), S("mount it for writing, then run fix again"));
                return;
        }
        deeds_command(x->deeds, x->a, x->step, words, result, false);
}

static bool changed_here(const struct realising *x) {
        return deeds_for_step(x->deeds, x->step);
}

/* Where there is no source, kernel-install and its like copy the running line into the entry of the next kernel, and bring a word back
 * that was taken out: the source is made from the running line. */
static void pin_kernel_cmdline(struct realising *x, const struct word_changes *w) {
        static const char *const sources[] = { "/etc/kernel/cmdline", "/usr/lib/kernel/cmdline" };
        const struct record *line = evidence_file(x->facts->evidence, S("/proc/cmdline"));
        OUT_AUTO struct out text = { 0 };
        struct str rest, word;
        struct edited e;

        for (size_t i = 0; i < 2; i++)
                if (realise_read(x, str_of(sources[i]), &rest)) {
                        edit_line(x, sources[i], LINE_FILE_KERNEL_INSTALL, w);
                        return;
                }
        if (!changed_here(x) || !line || line->state != FACT_KNOWN || !realise_is_there(x, "/usr/bin/kernel-install"))
                return;
        rest = line->text;
        while (str_word(&rest, &word))
                if (!str_starts(word, S("BOOT_IMAGE=")) && !str_starts(word, S("initrd=")))
                        out_fmt(&text, "%s%.*s", text.len ? " " : "", STR_ARG(word));
        out_char(&text, '\n');
        e = edit_line_file(x->a, str_dup(x->a, out_text(&text)), LINE_FILE_KERNEL_INSTALL, w);
        if (e.outcome != EDITED_REFUSED)
                (void)deeds_file(x->deeds, x->a, x->tree, x->step, S("/etc/kernel/cmdline"), e.text);
}

static bool is_refused(const struct realising *x) {
        for (ptrdiff_t i = 0; i < x->deeds->refusals.count; i++)
                if (x->deeds->refusals.items[i].step == x->step)
                        return true;
        return false;
}

/* ---- Loaders ---- */

static bool is_arch(struct realising *x, const char *start) {
        const struct record *uname = evidence_line(x->facts->evidence, RECORD_UNAME, S(""));
        struct str rest = uname ? uname->text : S(""), word = S("");

        while (str_word(&rest, &word))
                ;
        return str_starts(word, str_of(start));
}

/* grub-mkconfig is a script for /bin/sh. */
static bool is_bash(struct realising *x, const struct chain *c) {
        struct str sh, bash;

        for (ptrdiff_t i = 0; i < c->files.count; i++)
                if (str_find(c->files.items[i].text, S("+=")) >= 0)
                        return tree_read(x->tree, "/bin/sh", 8 << 20, x->a, &sh) == 0 && tree_read(x->tree, "/bin/bash", 8 << 20, x->a, &bash) == 0 &&
                               str_eq(sh, bash);
        return false;
}

static void grub_variables(struct realising *x, const struct word_changes *w) {
        struct chain c = { 0 };

        chain_file(x, &c, S("/etc/default/grub"));
        if (realise_is_distribution(x, "debian") || realise_is_distribution(x, "azurelinux"))
                chain_folder(x, &c, "/etc/default/grub.d", S(".cfg"));
        edit_chain(x, &c, is_bash(x, &c) ? VARIABLE_FILE_GRUB_BASH : VARIABLE_FILE_GRUB, w);
        realise_look_at_xen(x, (struct text_files){ .items = c.files.items, .count = c.files.count });
        realise_look_at_custom(x, w);
}

/* The first of the words to be taken out that what starts next still has; nothing when none is there. */
static struct str stays(struct realising *x, const struct word_changes *w, struct next_start *ret) {
        next_start_read(ret, x->a, x->tree, x->layout);
        for (ptrdiff_t i = 0; ret->entry && i < w->count; i++)
                if (w->items[i].remove.len && boot_entry_holds(x->a, ret->entry, w->items[i].remove))
                        return w->items[i].remove;
        return S("");
}

/* The source is as it should be, and what the loader reads was not generated from it since: a restart alone would change nothing. */
static bool is_stale(struct realising *x, const struct word_changes *w) {
        struct next_start next;

        return x->tree->live && !is_refused(x) && stays(x, w, &next).len > 0;
}

/* Where nothing that is edited here brings a word, and the next start has it all the same, a restart would change nothing. In a tree,
 * what a tool generates is older than its sources. */
static void refuse_what_stays(struct realising *x, const struct word_changes *w) {
        struct next_start next;
        struct str word = x->tree->live || x->layout->loader != LOADER_GRUB ? stays(x, w, &next) : S("");

        if (word.len)
                realise_refuse(x, next.entry->path, str_fmt(x->a, "the entry that starts next has %.*s, and no file that fix edits brings it there",
                                                             STR_ARG(word)),
                               str_fmt(x->a, "find where the loader takes %.*s from, a variable or an entry of your own, and take it out there",
                                       STR_ARG(word)));
}

static void grub(struct realising *x, const struct word_changes *w) {
        struct str config = x->layout->config;
        const char *tool = str_starts(config, S("/boot/grub2/")) ? "grub2-mkconfig" : "grub-mkconfig";

        if (realise_tuned(x, w))
                return;
        grub_variables(x, w);
        if (!changed_here(x) && !is_stale(x, w))
                return;
        if (realise_is_distribution(x, "debian"))
                run(x, "update-grub", config);
        else
                run(x, str_fmt(x->a, "%s -o %.*s", tool, STR_ARG(config)).p, config);
}

/* Three places that different tools copy from, and the block of RHEL 8: one step. */
static void grub_bls(struct realising *x, const struct word_changes *w) {
        struct str path = realise_grubenv(x), block = S(""), value;
        bool kernelopts = false;

        if (is_arch(x, "s390") || is_arch(x, "ppc")) {
                realise_refuse(x, x->layout->entries, S("on this architecture a change of the entries counts only after another tool ran"),
                               str_fmt(x->a, "use grubby --update-kernel=ALL for %.*s, then %s", STR_ARG(realise_words_text(x, w)),
                                       is_arch(x, "s390") ? "zipl" : "grub2-mkconfig"));
                return;
        }
        if (realise_tuned(x, w))
                return;
        edit_entries(x, ENTRY_GRUB, w);
        if (path.len && realise_read(x, path, &block)) {
                struct edited e = grubenv_words(x->a, block, S("kernelopts"), w);

                kernelopts = grubenv_get(x->a, block, S("kernelopts"), &value);
                (void)realise_edited(x, path, &e, by_hand(x, w));
        }
        grub_variables(x, w);
        if (!kernelopts || realise_is_there(x, "/etc/kernel/cmdline"))
                pin_kernel_cmdline(x, w);
}

static void systemd_boot(struct realising *x, const struct word_changes *w) {
        edit_entries(x, ENTRY_SYSTEMD_BOOT, w);
        pin_kernel_cmdline(x, w);
}

static void sdbootutil(struct realising *x, const struct word_changes *w) {
        edit_line(x, "/etc/kernel/cmdline", LINE_FILE_MKINITCPIO, w);
        if (changed_here(x))
                run(x, "sdbootutil update-all-entries", S(""));
}

static void proxmox(struct realising *x, const struct word_changes *w) {
        edit_line(x, "/etc/kernel/cmdline", LINE_FILE_FIRST_LINE, w);
        if (changed_here(x))
                run(x, "proxmox-boot-tool refresh", S(""));
}

/* A path behind "=" or a blank, quotes around it or not. */
static struct str named_path(struct str text) {
        ptrdiff_t from = 0, to;

        while (text.p && from < text.len && (kernel_blank(text.p[from]) || text.p[from] == '=' || text.p[from] == '"' || text.p[from] == '\''))
                from++;
        for (to = from; text.p && to < text.len && !kernel_blank(text.p[to]) && text.p[to] != '"' && text.p[to] != '\'' && text.p[to] != ')';)
                to++;
        return str_sub(text, from, to - from);
}

/* The file that a line of a preset names for the command line: `default_cmdline=FILE`, or `--cmdline FILE` among its options. */
static struct str preset_file(struct str line) {
        struct str value = line, key;
        ptrdiff_t at = str_find(line, S("--cmdline"));

        if (str_starts(line, S("#")) || !str_cut(&value, '=', &key))
                return S("");
        if (str_ends(key, S("_cmdline")))
                return named_path(value);
        return str_ends(key, S("_options")) && at >= 0 ? named_path(str_from(line, at + (ptrdiff_t)sizeof("--cmdline") - 1)) : S("");
}

/* Those files count in place of /etc/kernel/cmdline, for the images of their presets. False where only a shell can tell them. */
static bool edit_presets(struct realising *x, const struct word_changes *w, bool *ret_any) {
        struct chain c = { 0 };

        chain_folder(x, &c, "/etc/mkinitcpio.d", S(".preset"));
        for (ptrdiff_t i = 0; i < c.files.count; i++) {
                struct str rest = c.files.items[i].text, line;

                while (str_line(&rest, &line)) {
                        struct str path = preset_file(str_trim(line));

                        if (path.len && path.p[0] != '/') {
                                realise_refuse(x, c.files.items[i].path, S("only a shell knows which file its images' line comes from"), by_hand(x, w));
                                return false;
                        }
                        *ret_any |= path.len > 0;
                        if (path.len && !str_eq(path, S("/etc/kernel/cmdline")))
                                edit_line(x, str_to_c(x->a, path), LINE_FILE_MKINITCPIO, w);
                }
        }
        return true;
}

/* For each kernel that is installed: `add-all` came with systemd 256. */
static void run_kernel_install(struct realising *x) {
        static const char *const folders[] = { "/usr/lib/modules", "/lib/modules" };
        struct tree_names names = { 0 };
        bool any = false;

        for (size_t f = 0; f < 2 && names.count == 0; f++)
                if (tree_list(x->tree, folders[f], x->a, &names) != 0)
                        names.count = 0;
        for (ptrdiff_t i = 0; i < names.count; i++) {
                const char *own = str_fmt(x->a, "/usr/lib/modules/%.*s/vmlinuz", STR_ARG(names.items[i])).p;
                const char *boot = str_fmt(x->a, "/boot/vmlinuz-%.*s", STR_ARG(names.items[i])).p;
                const char *image = realise_is_there(x, own) ? own : realise_is_there(x, boot) ? boot : NULL;

                if (!image)
                        continue;
                any = true;
                run(x, str_fmt(x->a, "kernel-install add %.*s %s", STR_ARG(names.items[i]), image).p, S(""));
        }
        if (!any)
                run(x, "kernel-install add-all", S(""));
}

/* Never the image itself: it is signed, and measured. */
static void uki(struct realising *x, const struct word_changes *w) {
        bool mkinitcpio = realise_is_there(x, "/etc/mkinitcpio.conf"), dracut = realise_is_there(x, "/etc/dracut.conf");
        bool source = realise_is_there(x, "/etc/kernel/cmdline") || realise_is_there(x, "/usr/lib/kernel/cmdline");
        struct chain c = { 0 };

        if (mkinitcpio && !edit_presets(x, w, &source))
                return;
        edit_line(x, "/etc/kernel/cmdline", mkinitcpio ? LINE_FILE_MKINITCPIO : LINE_FILE_KERNEL_INSTALL, w);
        if (mkinitcpio)
                chain_folder(x, &c, "/etc/cmdline.d", S(".conf"));
        source |= c.files.count > 0;
        for (ptrdiff_t i = 0; i < c.files.count; i++)
                edit_line(x, str_to_c(x->a, c.files.items[i].path), LINE_FILE_MKINITCPIO, w);
        if (dracut && !mkinitcpio) {
                chain_file(x, &c, S("/etc/dracut.conf"));
                chain_folder(x, &c, "/etc/dracut.conf.d", S(".conf"));
                for (ptrdiff_t i = 0; i < c.files.count; i++)
                        source |= str_find(c.files.items[i].text, S("kernel_cmdline")) >= 0;
                edit_chain(x, &c, VARIABLE_FILE_DRACUT, w);
        }
        if (!source) /* then images are built with the line that runs */
                realise_refuse(x, x->layout->config, S("no file here holds the images' line, and an image is never patched"),
                               str_fmt(x->a, "build the images with a line without %.*s: %s", STR_ARG(realise_words_text(x, w)),
                                       mkinitcpio || !dracut ? "write it to /etc/kernel/cmdline first"
                                                             : "write it to kernel_cmdline= in /etc/dracut.conf.d first"));
        if (changed_here(x) && (mkinitcpio || dracut))
                run(x, mkinitcpio ? "mkinitcpio -P" : "dracut -f --regenerate-all", S(""));
        else if (changed_here(x))
                run_kernel_install(x);
}

static void raspberry(struct realising *x, const struct word_changes *w) {
        if (realise_is_there(x, "/etc/default/raspi-extra-cmdline")) {
                realise_refuse(x, x->layout->config, S("raspi-firmware generates it"),
                               S("change the words in /etc/default/raspi-extra-cmdline, then run: update-initramfs -u"));
                return;
        }
        edit_line(x, str_to_c(x->a, x->layout->config), LINE_FILE_FIRST_LINE, w);
}

static int times(struct str line, struct str wanted) {
        struct str word;
        int n = 0;

        while (str_word(&line, &word))
                n += str_eq(word, wanted);
        return n;
}

/* One word an option; the tool keeps the line, and makes a deployment of it that starts next. */
static void ostree(struct realising *x, const struct word_changes *w) {
        const struct record *line = evidence_file(x->facts->evidence, S("/proc/cmdline"));
        struct str words = S(""), undo = S("");

        if (!x->tree->live) {
                realise_refuse(x, S("the kernel's command line"), S("it is changed where the system runs, or where its image is built"),
                               str_fmt(x->a, "run rpm-ostree kargs there for %.*s", STR_ARG(realise_words_text(x, w))));
                return;
        }
        for (ptrdiff_t i = 0; i < w->count; i++) {
                struct str remove = w->items[i].remove, add = w->items[i].add;
                bool there = line && line->state == FACT_KNOWN && str_has_word(line->text, remove.len ? remove : add);

                if (remove.len && there) { /* each option takes one away */
                        for (int n = times(line->text, remove); n > 0; n--)
                                words = str_fmt(x->a, "%.*s --delete-if-present=%.*s", STR_ARG(words), STR_ARG(remove));
                        undo = str_fmt(x->a, "%.*s --append-if-missing=%.*s", STR_ARG(undo), STR_ARG(remove));
                } else if (add.len && !there) {
                        words = str_fmt(x->a, "%.*s --append-if-missing=%.*s", STR_ARG(words), STR_ARG(add));
                        undo = str_fmt(x->a, "%.*s --delete-if-present=%.*s", STR_ARG(undo), STR_ARG(add));
                }
        }
        if (words.len)
                deeds_command_undo(x->deeds, x->a, x->step, str_fmt(x->a, "rpm-ostree kargs%.*s", STR_ARG(words)).p,
                                   str_fmt(x->a, "rpm-ostree kargs%.*s", STR_ARG(undo)).p);
}

/* A file that one editor knows. */
static void edit_one(struct realising *x, struct str path, struct edited (*editor)(struct arena *, struct str, const struct word_changes *),
                     const struct word_changes *w) {
        struct str text;
        struct edited e;

        if (!realise_read(x, path, &text))
                return;
        e = editor(x->a, text, w);
        (void)realise_edited(x, path, &e, by_hand(x, w));
}

static void kernelstub(struct realising *x, const struct word_changes *w) {
        edit_one(x, x->layout->config, edit_kernelstub, w);
        if (changed_here(x))
                run(x, "kernelstub", S(""));
}

/* Another file's labels count as well. */
static bool includes(struct realising *x) {
        struct str text, line, word;

        if (realise_read(x, x->layout->config, &text))
                while (str_line(&text, &line))
                        if (str_word(&line, &word) && str_eq_nocase(word, S("INCLUDE")))
                                return true;
        return false;
}

static void extlinux(struct realising *x, const struct word_changes *w) {
        if (includes(x))
                realise_refuse(x, x->layout->config, S("it includes another file, which is not followed"), by_hand(x, w));
        else
                edit_one(x, x->layout->config, edit_extlinux, w);
}

static void refind(struct realising *x, const struct word_changes *w) {
        edit_one(x, x->layout->config, edit_refind_linux, w);
}

static void update_extlinux(struct realising *x, const struct word_changes *w) {
        struct chain c = { 0 };

        chain_file(x, &c, x->layout->config);
        edit_chain(x, &c, VARIABLE_FILE_UPDATE_EXTLINUX, w);
        if (changed_here(x))
                run(x, "update-extlinux", S("/boot/extlinux.conf"));
}

static void u_boot_menu(struct realising *x, const struct word_changes *w) {
        struct chain c = { 0 };

        chain_file(x, &c, x->layout->config);
        chain_folder(x, &c, "/usr/share/u-boot-menu/conf.d", S(".conf"));
        chain_folder(x, &c, "/etc/u-boot-menu/conf.d", S(".conf"));
        edit_chain(x, &c, VARIABLE_FILE_U_BOOT_MENU, w);
        edit_line(x, "/etc/kernel/cmdline", LINE_FILE_KERNEL_INSTALL, w);
        if (changed_here(x))
                run(x, "u-boot-update", S("/boot/extlinux/extlinux.conf"));
}

static void flash_kernel(struct realising *x, const struct word_changes *w) {
        struct chain c = { 0 };

        chain_file(x, &c, x->layout->config);
        edit_chain(x, &c, VARIABLE_FILE_FLASH_KERNEL, w);
        if (changed_here(x))
                run(x, "flash-kernel", S(""));
}

/* The image's own lists; what is added stands in a list of its own. */
static void bootc(struct realising *x, const struct word_changes *w) {
        static const char folder[] = "/usr/lib/bootc/kargs.d";
        struct tree_names names;
        struct str words = S("");

        if (tree_list(x->tree, folder, x->a, &names) != 0)
                return;
        for (ptrdiff_t i = 0; i < names.count; i++)
                if (str_ends(names.items[i], S(".toml")))
                        edit_one(x, str_fmt(x->a, "%s/%.*s", folder, STR_ARG(names.items[i])), edit_bootc_kargs, w);
        for (ptrdiff_t i = 0; i < w->count; i++)
                if (w->items[i].add.len)
                        words = str_fmt(x->a, "%.*s%s\"%.*s\"", STR_ARG(words), words.len ? ", " : "", STR_ARG(w->items[i].add));
        if (words.len)
                (void)deeds_file(x->deeds, x->a, x->tree, x->step, str_fmt(x->a, "%s/zz-sidelight.toml", folder),
                                 str_fmt(x->a, "kargs = [%.*s]\n", STR_ARG(words)));
}

static void not_edited(struct realising *x, const struct word_changes *w) {
        struct str instead = x->layout->instead, text = realise_words_text(x, w);
        ptrdiff_t at = str_find(instead, S("WORDS"));

        if (at >= 0)
                instead = str_fmt(x->a, "%.*s%.*s%.*s", STR_ARG(str_sub(instead, 0, at)), STR_ARG(text), STR_ARG(str_from(instead, at + 5)));
        realise_refuse(x, S("the kernel's command line"), x->layout->refusal, instead);
}

static void (*const loaders[LOADER_COUNT])(struct realising *, const struct word_changes *) = {
        [LOADER_NONE] = not_edited,
        [LOADER_REFUSED] = not_edited,
        [LOADER_GRUB] = grub,
        [LOADER_GRUB_BLS] = grub_bls,
        [LOADER_KERNELSTUB] = kernelstub,
        [LOADER_EXTLINUX] = extlinux,
        [LOADER_EXTLINUX_ALPINE] = update_extlinux,
        [LOADER_U_BOOT_MENU] = u_boot_menu,
        [LOADER_FLASH_KERNEL] = flash_kernel,
        [LOADER_REFIND] = refind,
        [LOADER_SYSTEMD_BOOT] = systemd_boot,
        [LOADER_SDBOOTUTIL] = sdbootutil,
        [LOADER_PROXMOX] = proxmox,
        [LOADER_UKI] = uki,
        [LOADER_RASPBERRY] = raspberry,
        [LOADER_OSTREE] = ostree,
        [LOADER_BOOTC] = bootc,
};

void realise_line(struct realising *x, const struct word_changes *words) {
        struct str folder;

        if (realise_unmounted(x, &folder)) {
                realise_refuse(x, folder, S("/etc/fstab has it, and it is not mounted"), S("mount it, then run fix again"));
                return;
        }
        loaders[x->layout->loader](x, words);
        if (!changed_here(x) && !is_refused(x) && !x->searching)
                refuse_what_stays(x, words);
        if (changed_here(x)) {
                realise_warn(x);
        }
}
