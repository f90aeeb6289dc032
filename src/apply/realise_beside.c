/* What stands beside an edit of the command line: what speaks against it, what it does not reach, what a person should know before. */
#include "apply/realise_parts.h"

#include "plan/edit/words.h"

/* A folder of the boot partition that is to be mounted, and is not: the edit would land beneath it. */
bool realise_unmounted(struct realising *x, struct str *ret) {
        struct str text, line;

        if (!x->tree->live || tree_read(x->tree, "/etc/fstab", 1 << 20, x->a, &text) != 0)
                return false;
        while (str_line(&text, &line)) {
                struct str device = S(""), folder = S("");
                const char *path, *above;

                if (!str_word(&line, &device) || device.p[0] == '#' || !str_word(&line, &folder))
                        continue;
                if (!str_eq(folder, S("/boot")) && !str_starts(folder, S("/boot/")) && !str_eq(folder, S("/efi")))
                        continue;
                path = str_to_c(x->a, folder);
                above = str_starts(folder, S("/boot/")) ? "/boot" : "/etc";
                if (tree_device(x->tree, path) == tree_device(x->tree, above)) {
                        *ret = folder;
                        return true;
                }
        }
        return false;
}

/* The block itself, not a link to it (RHEL 7 and 8 with UEFI). */
struct str realise_grubenv(struct realising *x) {
        static const char *const paths[] = { "/boot/grub2/grubenv", "/boot/grub/grubenv" };
        struct tree_names names;
        struct tree_file f;

        for (size_t i = 0; i < 2; i++)
                if (tree_look(x->tree, paths[i], &f) == 0 && f.exists)
                        return str_of(paths[i]);
        for (ptrdiff_t i = 0; tree_list(x->tree, "/boot/efi/EFI", x->a, &names) == 0 && i < names.count; i++) {
                struct str path = str_fmt(x->a, "/boot/efi/EFI/%.*s/grubenv", STR_ARG(names.items[i]));

                if (tree_look(x->tree, path.p, &f) == 0 && f.exists)
                        return path;
        }
        return S("");
}

/* The words that TuneD wrote, from whichever profile and the profiles which that one includes. */
static struct str tuned_words(struct realising *x) {
        struct str text, line, value = S("");

        if (realise_read(x, S("/etc/tuned/bootcmdline"), &text))
                while (str_line(&text, &line))
                        if (str_starts(line = str_trim(line), S("TUNED_BOOT_CMDLINE=")))
                                value = str_from(line, (ptrdiff_t)sizeof("TUNED_BOOT_CMDLINE=") - 1);
        if (value.len >= 2 && (value.p[0] == '"' || value.p[0] == '\''))
                value = str_sub(value, 1, value.len - 2);
        if (value.len == 0 && (text = realise_grubenv(x)).len && realise_read(x, text, &line) && grubenv_get(x->a, line, S("tuned_params"), &text))
                value = text;
        return value;
}

static bool tuned_wrote(struct realising *x, const struct word_changes *w, struct str profile) {
        struct str words = tuned_words(x);

        for (ptrdiff_t i = 0; i < w->count; i++) {
                struct str word = w->items[i].remove;

                if (word.len == 0 || !words_hold(x->a, words, WORDS_KERNEL, word))
                        continue;
                realise_refuse(x, S("the kernel's command line"),
                               str_fmt(x->a, "TuneD puts %.*s there and writes it again at each start", STR_ARG(word)),
                               str_fmt(x->a, "take it out of [bootloader] in the profile, or in one that the profile includes, below /etc/tuned, "
                                             "then run: tuned-adm profile %.*s", STR_ARG(profile.len ? profile : S("PROFILE"))));
                return true;
        }
        return false;
}

/* TuneD writes its words again at each start: only its profile is a source. */
bool realise_tuned(struct realising *x, const struct word_changes *w) {
        static const char *const folders[] = { "/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned" };
        struct str name, text;

        if (!realise_read(x, S("/etc/tuned/active_profile"), &name))
                return tuned_wrote(x, w, S(""));
        name = str_trim(name);
        for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
                struct str path = str_fmt(x->a, "%s/%.*s/tuned.conf", folders[i], STR_ARG(name));
                struct edited e;

                if (!realise_read(x, path, &text))
                        continue;
                e = look_at_tuned(x->a, text, w);
                (void)realise_edited(x, path, &e, str_fmt(x->a, "change the profile, then run: tuned-adm profile %.*s", STR_ARG(name)));
                if (e.outcome == EDITED_REFUSED)
                        return true;
        }
        return tuned_wrote(x, w, name);
}

/* The hypervisor's own line is another one: what stands there is told. */
void realise_look_at_xen(struct realising *x, struct text_files files) {
        static const struct str words[] = { STR("spec-ctrl=no"), STR("xpti=no"), STR("xpti=0") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                const struct word_change one = { .remove = words[i] };
                struct edited_files e = edit_variables(x->a, files, VARIABLE_FILE_GRUB_XEN, &(struct word_changes){ .items = &one, .count = 1 });

                if (e.outcome == EDITED_DONE)
                        realise_remark(x, str_fmt(x->a, "%.*s holds %.*s for Xen itself, which leaves its guests open: take it out of GRUB_CMDLINE_XEN by "
                                                        "hand, then run update-grub", STR_ARG(e.items[0].path), STR_ARG(words[i])));
        }
}

/* What no variable reaches: told, not edited. */
void realise_look_at_custom(struct realising *x, const struct word_changes *w) {
        static const char *const paths[] = { "/etc/grub.d/40_custom", "/etc/grub.d/41_custom", "/boot/grub/custom.cfg", "/boot/grub2/custom.cfg" };
        struct str text;

        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
                for (ptrdiff_t k = 0; k < w->count && realise_read(x, str_of(paths[i]), &text); k++)
                        if (w->items[k].remove.len && str_find(text, w->items[k].remove) >= 0)
                                realise_remark(x, str_fmt(x->a, "%s holds %.*s: entries of your own are not edited", paths[i],
                                                          STR_ARG(w->items[k].remove)));
}

/* ---- What a person should know before ---- */

/* Keys that a TPM gives out only to the line that was measured when they were sealed. */
static void warn_of_tpm(struct realising *x) {
        struct tree_names names;
        struct str text;

        if (realise_read(x, S("/etc/crypttab"), &text) && str_find(text, S("tpm2-device=")) >= 0)
                realise_remark(x, S("/etc/crypttab unlocks a disk with the TPM: after the change the next start may ask for the recovery key; "
                                    "seal anew with systemd-cryptenroll --wipe-slot=tpm2 --tpm2-device=auto"));
        else if (tree_list(x->tree, "/var/lib/pcrlock.d", x->a, &names) == 0 && names.count)
                realise_remark(x, S("/var/lib/pcrlock.d holds the TPM to the boot that it knows: run systemd-pcrlock make-policy before the restart"));
        else if (realise_is_there(x, "/usr/bin/clevis-luks-unlock") || realise_is_there(x, "/usr/bin/clevis-luks-bind"))
                realise_remark(x, S("clevis may unlock a disk with the TPM: after the change the next start may ask for the passphrase; "
                                    "bind anew with clevis luks regen"));
}

/* An image that is loaded already starts with its old line. */
static void warn_of_kexec(struct realising *x) {
        struct str text;

        if (x->tree->live && tree_read(x->tree, "/sys/kernel/kexec_loaded", 16, x->a, &text) == 0 && str_eq(str_trim(text), S("1")))
                realise_remark(x, S("a kernel is loaded for kexec, with its old command line: run kexec -u before the restart"));
        if (realise_read(x, S("/etc/default/kexec"), &text) && str_find(text, S("LOAD_KEXEC=true")) >= 0 &&
            str_find(text, S("USE_GRUB_CONFIG=true")) < 0)
                realise_remark(x, S("/etc/default/kexec starts the next kernel with the running line: restart by power cycle, or set "
                                    "USE_GRUB_CONFIG=true there"));
}

void realise_warn(struct realising *x) {
        warn_of_tpm(x);
        warn_of_kexec(x);
}
