/* The kernel's command line, for each way of keeping it. The source is edited, the distribution's tool writes the result; where only
 * the result exists, or the tool does not rewrite it, the result is edited as well. */
#include "apply/realise_parts.h"

#include "base/plain.h"

static struct str by_hand(struct realising *x, const struct word_changes *w) {
        return str_fmt(x->a, "change %.*s there by hand", STR_ARG(realise_words_text(x, w)));
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

/* All entries but those for rescue. */
static void edit_entries(struct realising *x, enum entry_reader reader, const struct word_changes *w) {
        struct tree_names names;

        if (x->layout->entries.len == 0 || tree_list(x->tree, str_to_c(x->a, x->layout->entries), x->a, &names) != 0)
                return;
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str path = str_fmt(x->a, "%.*s/%.*s", STR_ARG(x->layout->entries), STR_ARG(names.items[i])), text;
                struct edited e;

                if (!str_ends(names.items[i], S(".conf")) || entry_is_rescue(names.items[i]) || !realise_read(x, path, &text))
                        continue;
                e = edit_entry(x->a, text, reader, w);
                (void)realise_edited(x, path, &e, by_hand(x, w));
        }
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
                if (realise_is_there(x, sources[i])) {
                        edit_line(x, sources[i], LINE_FILE_KERNEL_INSTALL, w);
                        return;
                }
        if (!line || line->state != FACT_KNOWN || !realise_is_there(x, "/usr/bin/kernel-install"))
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

static void run(struct realising *x, const char *words, struct str result) {
        deeds_command(x->deeds, x->a, x->step, words, result, false);
}

static bool changed_here(const struct realising *x) {
        return deeds_for_step(x->deeds, x->step);
}

/* ---- Loaders ---- */

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

static void uki(struct realising *x, const struct word_changes *w) {
        bool mkinitcpio = realise_is_there(x, "/etc/mkinitcpio.conf"), dracut = realise_is_there(x, "/etc/dracut.conf");

        if (!mkinitcpio && !dracut && !realise_is_there(x, "/etc/kernel/cmdline")) {
                realise_refuse(x, x->layout->config, S("nothing here tells where the images' line comes from, and an image is never patched"),
                               S("build the images anew with the line changed"));
                return;
        }
        edit_line(x, "/etc/kernel/cmdline", mkinitcpio ? LINE_FILE_MKINITCPIO : LINE_FILE_KERNEL_INSTALL, w);
        if (changed_here(x))
                run(x, mkinitcpio ? "mkinitcpio -P" : dracut ? "dracut -f --regenerate-all" : "kernel-install add-all", S(""));
}

static void raspberry(struct realising *x, const struct word_changes *w) {
        if (realise_is_there(x, "/etc/default/raspi-extra-cmdline")) {
                realise_refuse(x, x->layout->config, S("raspi-firmware generates it"),
                               S("change the words in /etc/default/raspi-extra-cmdline, then run: update-initramfs -u"));
                return;
        }
        edit_line(x, str_to_c(x->a, x->layout->config), LINE_FILE_FIRST_LINE, w);
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

                if (remove.len && there) {
                        words = str_fmt(x->a, "%.*s --delete=%.*s", STR_ARG(words), STR_ARG(remove));
                        undo = str_fmt(x->a, "%.*s --append-if-missing=%.*s", STR_ARG(undo), STR_ARG(remove));
                } else if (add.len && !there) {
                        words = str_fmt(x->a, "%.*s --append-if-missing=%.*s", STR_ARG(words), STR_ARG(add));
                        undo = str_fmt(x->a, "%.*s --delete=%.*s", STR_ARG(undo), STR_ARG(add));
                }
        }
        if (words.len)
                deeds_command_undo(x->deeds, x->a, x->step, str_fmt(x->a, "rpm-ostree kargs%.*s", STR_ARG(words)).p,
                                   str_fmt(x->a, "rpm-ostree kargs%.*s", STR_ARG(undo)).p);
}

static void refused(struct realising *x, const struct word_changes *w) {
        struct str instead = x->layout->instead, text = realise_words_text(x, w);
        ptrdiff_t at = str_find(instead, S("WORDS"));

        if (at >= 0)
                instead = str_fmt(x->a, "%.*s%.*s%.*s", STR_ARG(str_sub(instead, 0, at)), STR_ARG(text), STR_ARG(str_from(instead, at + 5)));
        realise_refuse(x, S("the kernel's command line"), x->layout->refusal, instead);
}

static void unable(struct realising *x, const struct word_changes *w) {
        realise_refuse(x, x->layout->config, str_fmt(x->a, "there is no editor for %.*s", STR_ARG(loader_title(x->layout->loader))),
                       by_hand(x, w));
}

static void (*const loaders[LOADER_COUNT])(struct realising *, const struct word_changes *) = {
        [LOADER_NONE] = refused,
        [LOADER_REFUSED] = refused,
        [LOADER_SYSTEMD_BOOT] = systemd_boot,
        [LOADER_SDBOOTUTIL] = sdbootutil,
        [LOADER_PROXMOX] = proxmox,
        [LOADER_UKI] = uki,
        [LOADER_RASPBERRY] = raspberry,
        [LOADER_OSTREE] = ostree,
};

void realise_line(struct realising *x, const struct word_changes *words) {
        (loaders[x->layout->loader] ? loaders[x->layout->loader] : unable)(x, words);
}
