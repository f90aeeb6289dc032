#include "plan/edit/words.h"

/* ---- Files whose words are the line ---- */

static bool is_comment(struct str line) {
        line = str_trim(line);
        return line.len > 0 && line.p[0] == '#';
}

/* Some readers of this file skip comments, kernel-install does not: words that are to change may not stand there. */
static bool comment_holds(struct arena *a, struct str line, const struct word_changes *changes, struct str *ret) {
        for (ptrdiff_t i = 0; i < changes->count; i++) {
                *ret = changes->items[i].remove;
                if (ret->len && words_hold(a, line, WORDS_KERNEL, *ret))
                        return true;
        }
        return false;
}

struct edited edit_line_file(struct arena *a, struct str text, enum line_file kind, const struct word_changes *changes) {
        struct words_edit e = { .arena = a, .text = text, .syntax = WORDS_KERNEL, .changes = changes };
        struct line_span l = { 0 };
        struct str word;

        while (line_next(text, &l) && (kind != LINE_FILE_FIRST_LINE || l.number == 1)) {
                struct str line = str_span(text, l.from, l.to);

                if (kind == LINE_FILE_FIRST_LINE || !is_comment(line))
                        words_part(&e, l.from, l.to);
                else if (kind == LINE_FILE_KERNEL_INSTALL && comment_holds(a, line, changes, &word))
                        return refused(a, l.number, "%.*s stands behind '#', which some readers of this file take as a comment and others do not",
                                       STR_ARG(word));
        }
        if (!e.any && text.len > 0 && text.p[text.len - 1] != '\n')
                return refused(a, l.number, "there is nothing but a comment, without the end of its line");
        if (!e.any)
                words_part(&e, text.len, text.len);
        return words_done(&e);
}

/* ---- Boot entries ---- */

bool entry_is_rescue(struct str name) {
        static const struct str marks[] = { STR("rescue"), STR("recovery"), STR("fallback"), STR("snapshot"), STR("snapper"), STR("oldkern") };

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
                if (str_find(name, marks[i]) >= 0)
                        return true;
        return false;
}

/* "options" and blanks; where the value begins, or -1. */
static ptrdiff_t options_at(struct str text, const struct line_span *l) {
        struct str line = str_span(text, l->from, l->to), word, rest = line;
        ptrdiff_t at;

        if (!str_word(&rest, &word) || !str_eq(word, S("options")))
                return -1;
        for (at = l->to - rest.len; at < l->to && kernel_blank(text.p[at]);)
                at++;
        return at;
}

/* An entry without options gets the line behind its `linux` line. */
static struct edited add_options(struct arena *a, struct str text, const struct words_edit *e) {
        struct line_span l = { 0 }, kernel = { 0 };
        struct str words = S(""), rest, word;
        struct patches p = { 0 };

        for (ptrdiff_t i = 0; i < e->changes->count; i++)
                if (e->changes->items[i].add.len)
                        words = str_fmt(a, "%.*s %.*s", STR_ARG(words), STR_ARG(e->changes->items[i].add));
        while (line_next(text, &l)) {
                rest = str_span(text, l.from, l.to);
                if (str_word(&rest, &word) && (str_eq(word, S("linux")) || str_eq(word, S("uki")) || str_eq(word, S("efi"))))
                        kernel = l;
        }
        if (kernel.number == 0)
                return refused(a, 0, "no kernel is named here");
        patch_add(&p, a, kernel.next, kernel.next, str_fmt(a, "%soptions%.*s\n", kernel.next == kernel.to ? "\n" : "", STR_ARG(words)));
        return patched(a, text, &p);
}

struct edited edit_entry(struct arena *a, struct str text, enum entry_reader reader, const struct word_changes *changes) {
        struct words_edit e = { .arena = a, .text = text, .changes = changes };
        struct line_span l = { 0 };
        struct edited done;

        e.syntax = reader == ENTRY_GRUB ? WORDS_GRUB : WORDS_KERNEL;
        while (line_next(text, &l)) {
                ptrdiff_t at = options_at(text, &l);

                if (at < 0)
                        continue;
                if (reader == ENTRY_GRUB && words_end_escaped(str_span(text, at, l.to)))
                        return refused(a, l.number, "a backslash ends the line");
                words_part(&e, at, l.to);
        }
        done = words_done(&e);
        if (done.outcome != EDITED_REFUSED || e.any || done.line)
                return done;
        /* Without options GRUB takes parameters of its own, which a line would replace. */
        return reader == ENTRY_GRUB ? refused(a, 0, "the entry has no options line") : add_options(a, text, &e);
}
