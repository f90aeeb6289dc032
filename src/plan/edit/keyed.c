#include "plan/edit/words.h"

/* ---- Lines with a keyword: extlinux.conf, refind_linux.conf, Azure Linux' linux-VERSION.cfg ---- */

static bool has_keyword(struct str line, struct str keyword, struct str *ret_rest) {
        struct str word;

        *ret_rest = line;
        return str_word(ret_rest, &word) && str_eq_nocase(word, keyword);
}

static ptrdiff_t behind_blanks(struct str text, ptrdiff_t at, ptrdiff_t to) {
        while (at < to && kernel_blank(text.p[at]))
                at++;
        return at;
}

/* A label that starts a kernel, while its lines are read. */
struct label {
        uint32_t line;
        bool rescue, kernel, append;
};

/* True for a label to whose kernel nothing could be handed over. */
static bool lacks_append(const struct label *l, bool common) {
        return l->line && l->kernel && !l->append && !l->rescue && !common;
}

/* "single" and its like are asked for by an entry for rescue, whatever it is called. */
static bool asks_for_rescue(struct arena *a, struct str words) {
        static const struct str asks[] = { STR("single"), STR("recovery"), STR("rescue"), STR("emergency"), STR("systemd.unit=rescue.target"),
                                           STR("systemd.unit=emergency.target") };

        for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
                if (words_hold(a, words, WORDS_KERNEL, asks[i]))
                        return true;
        return false;
}

struct edited edit_extlinux(struct arena *a, struct str text, const struct word_changes *changes) {
        struct line_span l = { 0 };
        struct patches all = { 0 };
        struct label label = { 0 }, lacking = { 0 };
        struct edited ret;
        bool common = false;

        while (line_next(text, &l)) {
                struct str line = str_span(text, l.from, l.to), rest;

                if (has_keyword(line, S("label"), &rest)) {
                        lacking = lacks_append(&label, common) ? label : lacking;
                        label = (struct label){ .line = l.number, .rescue = entry_is_rescue(rest) };
                } else if (has_keyword(line, S("menu"), &rest) && has_keyword(rest, S("label"), &rest)) {
                        label.rescue |= entry_is_rescue(rest);
                } else if (has_keyword(line, S("kernel"), &rest) || has_keyword(line, S("linux"), &rest)) {
                        label.kernel = true;
                } else if (has_keyword(line, S("append"), &rest)) {
                        label.append = true;
                        common |= label.line == 0;
                        label.rescue |= asks_for_rescue(a, rest);
                        if (!label.rescue && !words_patch(&all, a, text, behind_blanks(text, l.to - rest.len, l.to), l.to, WORDS_KERNEL, changes, &ret))
                                return ret;
                }
        }
        lacking = lacks_append(&label, common) ? label : lacking;
        if (words_add(changes) && (lacking.line || label.line == 0))
                return refused(a, lacking.line, lacking.line ? "this label has no append line" : "there is no label");
        return patched(a, text, &all);
}

/* A quoted text from `at` on, in which "" is a quote: the bytes between its quotes, and whether there is one inside. */
static bool read_quoted(struct str text, ptrdiff_t *at, ptrdiff_t to, ptrdiff_t *ret_from, ptrdiff_t *ret_to, bool *ret_inner) {
        ptrdiff_t i = behind_blanks(text, *at, to);

        *ret_inner = false;
        if (i >= to || text.p[i] != '"')
                return false;
        for (*ret_from = ++i; i < to; i++) {
                if (text.p[i] != '"')
                        continue;
                if (i + 1 >= to || text.p[i + 1] != '"') {
                        *ret_to = i;
                        *at = i + 1;
                        return true;
                }
                *ret_inner = true;
                i++;
        }
        return false;
}

static bool is_for_rescue(struct str title) {
        return entry_is_rescue(title) || str_find(title, S("single-user")) >= 0 || str_find(title, S("minimal options")) >= 0;
}

struct edited edit_refind_linux(struct arena *a, struct str text, const struct word_changes *changes) {
        struct line_span l = { 0 };
        struct patches all = { 0 };
        struct edited ret;
        bool any = false;

        while (line_next(text, &l)) {
                ptrdiff_t at = behind_blanks(text, l.from, l.to), title, title_to, from, to;
                bool inner, quote;

                if (at == l.to || text.p[at] == '#')
                        continue;
                if (!read_quoted(text, &at, l.to, &title, &title_to, &inner) || !read_quoted(text, &at, l.to, &from, &to, &quote))
                        return refused(a, l.number, "a title and options in quotes should stand here");
                if (is_for_rescue(str_span(text, title, title_to)) || asks_for_rescue(a, str_span(text, from, to)))
                        continue;
                if (quote)
                        return refused(a, l.number, "the options hold quotes of their own");
                any = true;
                if (!words_patch(&all, a, text, from, to, WORDS_KERNEL, changes, &ret))
                        return ret;
        }
        if (!any && words_add(changes))
                return refused(a, 0, "there is no line with options");
        return patched(a, text, &all);
}

struct edited edit_mariner(struct arena *a, struct str text, const struct word_changes *changes) {
        struct words_edit w = { .arena = a, .text = text, .syntax = WORDS_GRUB, .changes = changes };
        struct line_span l = { 0 };

        while (line_next(text, &l)) {
                struct str line = str_span(text, l.from, l.to);

                if (!str_starts(line, S("mariner_cmdline=")))
                        continue;
                if (words_end_escaped(line))
                        return refused(a, l.number, "a backslash ends the line");
                words_part(&w, l.from + (ptrdiff_t)sizeof("mariner_cmdline=") - 1, l.to);
        }
        return words_done(&w);
}

/* ---- TuneD: it writes the results anew, so that only its profile is the place ---- */

struct edited look_at_tuned(struct arena *a, struct str text, const struct word_changes *changes) {
        struct line_span l = { 0 };
        bool inside = false;

        while (line_next(text, &l)) {
                struct str line = str_trim(str_span(text, l.from, l.to)), word;
                ptrdiff_t n = str_find_char(line, '=');

                if (str_starts(line, S("[")))
                        inside = str_eq(line, S("[bootloader]"));
                if (!inside || n < 0 || !str_starts(line, S("cmdline")))
                        continue;
                line = str_trim(str_from(line, n + 1));
                for (ptrdiff_t i = 0; i < changes->count; i++) {
                        word = changes->items[i].remove;
                        if (word.len && words_hold(a, str_starts(line, S("+")) ? str_from(line, 1) : line, WORDS_KERNEL, word))
                                return refused(a, l.number, "TuneD's profile adds %.*s and writes it again: take it out of the profile, "
                                                            "then run tuned-adm profile", STR_ARG(word));
                }
        }
        return (struct edited){ .outcome = EDITED_SAME, .text = text };
}
