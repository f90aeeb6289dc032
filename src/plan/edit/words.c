#include "plan/edit/words.h"

/* ---- Words as GRUB makes them ---- */

static bool ends_command(char c) {
        return c && memchr(";|&<>{}", c, 7);
}

/* One character of a word, without its quoting, at `i`; returns how many bytes it takes. `*quote` is the open quote or 0. */
static ptrdiff_t grub_char(struct str s, ptrdiff_t i, char *quote, char *ret, bool *ret_any, bool *expands) {
        char c = s.p[i], next = i + 1 < s.len ? s.p[i + 1] : '\0';

        *ret = c;
        *ret_any = true;
        if (*quote == '\'' || (c == '\'' && *quote == 0)) {
                *ret_any = c != '\'';
                if (c == '\'')
                        *quote = *quote ? 0 : '\'';
        } else if (c == '"') {
                *ret_any = false;
                *quote = *quote ? 0 : '"';
        } else if (c == '\\' && next && (*quote == 0 || memchr("\\\"$\n", next, 4))) {
                *ret = next;
                return 2;
        } else if (c == '$') {
                *expands = true;
        }
        return 1;
}

/* GRUB puts quotes around a word with blanks, and a backslash before \ ' " (grub_create_loader_cmdline). */
static struct str grub_hand_over(struct arena *a, struct str cooked) {
        bool blanks = str_find_char(cooked, ' ') >= 0;
        char *bytes = arena_bytes(a, 2 * cooked.len + 3);
        ptrdiff_t n = 0;

        if (blanks)
                bytes[n++] = '"';
        for (ptrdiff_t i = 0; i < cooked.len; i++) {
                if (memchr("\\'\"", cooked.p[i], 3))
                        bytes[n++] = '\\';
                bytes[n++] = cooked.p[i];
        }
        if (blanks)
                bytes[n++] = '"';
        return str_n(bytes, n);
}

/* Where the word ends that begins at `from`: what is kept of it is no longer, however long the line is. */
static ptrdiff_t grub_word_end(struct str line, ptrdiff_t from) {
        char c, quote = 0;
        bool any, expands;
        ptrdiff_t i = from;

        while (i < line.len && (quote || !kernel_blank(line.p[i])))
                i += grub_char(line, i, &quote, &c, &any, &expands);
        return i;
}

static int grub_word(struct arena *a, struct str line, ptrdiff_t *at, struct word *ret) {
        char *bytes, c, quote = 0;
        ptrdiff_t i = *at, n = 0;
        bool any;

        while (i < line.len && kernel_blank(line.p[i]))
                i++;
        *ret = (struct word){ .from = i };
        bytes = arena_bytes(a, grub_word_end(line, i) - i + 1);
        for (; i < line.len && (quote || !kernel_blank(line.p[i]));) {
                if (!quote && (ends_command(line.p[i]) || (line.p[i] == '#' && i == ret->from))) {
                        *at = i;
                        return -1;
                }
                i += grub_char(line, i, &quote, &c, &any, &ret->expands);
                if (any)
                        bytes[n++] = c;
        }
        *at = ret->to = i;
        ret->text = grub_hand_over(a, str_n(bytes, n));
        return quote ? -1 : i > ret->from;
}

int word_next(struct arena *a, struct str line, enum word_syntax syntax, ptrdiff_t *at, struct word *ret) {
        struct kernel_word w;

        if (syntax == WORDS_GRUB)
                return grub_word(a, line, at, ret);
        if (!kernel_word(line, at, &w))
                return 0;
        *ret = (struct word){ .from = w.from, .to = w.to, .text = str_span(line, w.from, w.to) };
        return 1;
}

/* ---- Which word is meant ---- */

static bool matches(struct str name, struct str value, struct str wanted, bool exact_name) {
        ptrdiff_t n = str_find_char(wanted, '=');
        struct str wanted_name = n < 0 ? wanted : str_sub(wanted, 0, n);

        if (exact_name ? !str_eq(name, wanted_name) : !kernel_same_name(name, wanted_name))
                return false;
        return n < 0 || (value.p && str_eq(value, str_from(wanted, n + 1)));
}

static void split_raw(struct str text, struct str *ret_name, struct str *ret_value) {
        ptrdiff_t n = str_find_char(text, '=');

        *ret_name = n < 0 ? text : str_sub(text, 0, n);
        *ret_value = n < 0 ? (struct str){ 0 } : str_from(text, n + 1);
}

/* The word itself, as parameters are read, or, behind "--", as the scanner of x86 finds it. */
static bool is_wanted(struct str text, struct str wanted, bool behind) {
        struct kernel_word w;
        ptrdiff_t at = 0;
        bool has_value;

        if (behind) {
                split_raw(text, &w.name, &w.value);
                return matches(w.name, w.value, wanted, true) && kernel_name_scanned(w.name, &has_value);
        }
        return kernel_word(text, &at, &w) && at == text.len && matches(w.name, w.value, wanted, false);
}

static bool next_piece(struct str *rest, struct str *ret) {
        ptrdiff_t from = 0, to;

        while (from < rest->len && kernel_space(rest->p[from]))
                from++;
        for (to = from; to < rest->len && !kernel_space(rest->p[to]);)
                to++;
        *ret = str_span(*rest, from, to);
        *rest = str_from(*rest, to);
        return to > from;
}

/* A word for the scanner, or a word of its own, inside a longer one: it cannot be taken out without changing that one's value. */
static bool is_inside(struct str text, struct str wanted) {
        struct kernel_word w;
        struct str rest = text, piece, name, value;
        ptrdiff_t at = 0;
        bool several = kernel_word(text, &at, &w) && at != text.len, has_value;

        while (next_piece(&rest, &piece)) {
                split_raw(piece, &name, &value);
                if (piece.len < text.len && matches(name, value, wanted, !several) && (several || kernel_name_scanned(name, &has_value)))
                        return true;
        }
        return false;
}

static bool ends_parameters(struct str text) {
        struct kernel_word w;
        ptrdiff_t at = 0;

        return kernel_word(text, &at, &w) && kernel_word_ends(&w);
}

bool words_hold(struct arena *a, struct str line, enum word_syntax syntax, struct str wanted) {
        struct word w;
        ptrdiff_t at = 0;
        bool behind = false;

        while (word_next(a, line, syntax, &at, &w) > 0) {
                if (is_wanted(w.text, wanted, behind) || is_inside(w.text, wanted))
                        return true;
                behind |= ends_parameters(w.text);
        }
        return false;
}

bool words_add(const struct word_changes *changes) {
        for (ptrdiff_t i = 0; i < changes->count; i++)
                if (changes->items[i].add.len)
                        return true;
        return false;
}

bool word_is_plain(struct str word) {
        for (ptrdiff_t i = 0; i < word.len; i++) {
                char c = word.p[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && memchr("_-.,:=+/@%", c, 10))))
                        return false;
        }
        return word.len > 0 && word.p[0] != '=' && word.p[0] != '-';
}

/* ---- Changing ---- */

/* Takes a word out, with one blank: the one before it, or the one behind it where the line begins with it. */
static void take_out(struct words_edit *e, const struct word *w, ptrdiff_t from, ptrdiff_t to) {
        const struct patch *last = e->patches.count ? &e->patches.items[e->patches.count - 1] : NULL;
        ptrdiff_t free_from = last && last->to > from ? last->to : from;
        struct patch cut = { .from = from + w->from, .to = from + w->to };

        if (cut.from > free_from && kernel_blank(e->text.p[cut.from - 1]))
                cut.from--;
        else if (cut.to < to && kernel_blank(e->text.p[cut.to]))
                cut.to++;
        patch_add(&e->patches, e->arena, cut.from, cut.to, S(""));
}

static void refuse(struct words_edit *e, ptrdiff_t at, struct str reason) {
        if (e->refusal.reason.len)
                return;
        e->refusal = (struct edited){ .outcome = EDITED_REFUSED, .reason = reason, .line = line_at(e->text, at) };
        e->refused_at = at;
}

/* True when the change takes the word out. */
static bool takes(struct words_edit *e, const struct word_change *c, const struct word *w, ptrdiff_t from) {
        if (c->remove.len == 0 || str_eq(w->text, c->add))
                return false;
        if (is_wanted(w->text, c->remove, e->dashes))
                return true;
        if (is_inside(w->text, c->remove))
                refuse(e, from + w->from, str_fmt(e->arena, "%.*s stands inside another word, %.*s", STR_ARG(c->remove), STR_ARG(w->text)));
        return false;
}

static bool has_open_quote(struct str text) {
        bool open = false;

        for (ptrdiff_t i = 0; i < text.len; i++)
                open ^= text.p[i] == '"';
        return open;
}

/* What a word that stays means for what is to be added. */
static void keep(struct words_edit *e, const struct word *w) {
        struct str name, value;

        e->bare = false;
        e->open |= e->syntax == WORDS_KERNEL && has_open_quote(w->text);
        for (ptrdiff_t i = 0; i < e->changes->count && !e->dashes; i++) {
                split_raw(e->changes->items[i].add, &name, &value);
                if (name.len && is_wanted(w->text, name, false))
                        e->held[i] = str_eq(w->text, e->changes->items[i].add);
        }
}

static void look_at(struct words_edit *e, const struct word *w, ptrdiff_t from, ptrdiff_t to) {
        bool goes = false;

        for (ptrdiff_t i = 0; i < e->changes->count; i++)
                goes |= takes(e, &e->changes->items[i], w, from);
        if (goes)
                take_out(e, w, from, to);
        else
                keep(e, w);
}

/* Back over blanks, but not over those that a word before them ends in, behind a backslash. */
static ptrdiff_t before_blanks(const struct words_edit *e, ptrdiff_t at, ptrdiff_t word_end) {
        while (at > word_end && kernel_blank(e->text.p[at - 1]))
                at--;
        return at;
}

void words_part(struct words_edit *e, ptrdiff_t from, ptrdiff_t to) {
        struct str line = str_span(e->text, from, to);
        ptrdiff_t at = 0, word_end = from;
        struct word w;
        int more;

        if (!e->held)
                e->held = arena_array(e->arena, bool, e->changes->count + 1);
        e->any = true;
        if (!e->dashes) { /* else what is added stands in front of them, in a part before this one */
                e->bare = true;
                e->from = from;
                e->end = before_blanks(e, to, from);
        }
        while ((more = word_next(e->arena, line, e->syntax, &at, &w)) > 0) {
                if (!e->dashes && ends_parameters(w.text)) {
                        e->dashes = true;
                        e->end = before_blanks(e, from + w.from, word_end);
                        e->in_front = e->bare;
                        e->end = e->in_front ? from + w.from : e->end;
                }
                look_at(e, &w, from, to);
                word_end = from + w.to;
        }
        if (!e->dashes && e->end < word_end)
                e->end = word_end;
        if (more < 0)
                refuse(e, from + at, S("GRUB would end or split the command here"));
}

/* Where no word stays, a blank is needed only behind a text that is not the line's own: a keyword, a file's name. */
static bool needs_blank(const struct words_edit *e) {
        char before = e->from > 0 ? e->text.p[e->from - 1] : ' ';

        if (e->syntax == WORDS_GRUB) /* a kernel's file name may end in other blanks */
                return !e->bare || !(before == ' ' || before == '\t' || before == '=');
        return !e->bare || !(kernel_blank(before) || before == '=' || before == '"');
}

static bool is_added(const struct words_edit *e, ptrdiff_t i) {
        return e->changes->items[i].add.len && !(e->held && e->held[i]);
}

struct edited words_done(struct words_edit *e) {
        struct str with = S("");

        if (e->refusal.reason.len)
                return e->refusal;
        for (ptrdiff_t i = 0; i < e->changes->count; i++) {
                struct str add = e->changes->items[i].add;

                if (!is_added(e, i))
                        continue;
                if (!word_is_plain(add))
                        return refused(e->arena, 0, "%.*s cannot be written without quotes", STR_ARG(add));
                if (!e->any)
                        return refused(e->arena, 0, "there is no line to which %.*s could be added", STR_ARG(add));
                with = e->in_front ? str_fmt(e->arena, "%.*s%.*s ", STR_ARG(with), STR_ARG(add))
                                 : str_fmt(e->arena, "%.*s%s%.*s", STR_ARG(with), with.len || needs_blank(e) ? " " : "", STR_ARG(add));
        }
        if (with.len && e->open)
                return refused(e->arena, line_at(e->text, e->end), "a quote is not closed here");
        if (with.len)
                patch_add(&e->patches, e->arena, e->end, e->end, with);
        return patched(e->arena, e->text, &e->patches);
}

bool words_end_escaped(struct str text) {
        return str_ends(str_trim(text), S("\\"));
}

bool words_patch(struct patches *all, struct arena *a, struct str text, ptrdiff_t from, ptrdiff_t to, enum word_syntax syntax,
                 const struct word_changes *changes, struct edited *ret_refusal) {
        struct words_edit w = { .arena = a, .text = text, .syntax = syntax, .changes = changes };
        struct edited done;

        words_part(&w, from, to);
        done = words_done(&w);
        if (done.outcome == EDITED_REFUSED) {
                *ret_refusal = done;
                return false;
        }
        for (ptrdiff_t i = 0; i < w.patches.count; i++)
                patch_add(all, a, w.patches.items[i].from, w.patches.items[i].to, w.patches.items[i].with);
        return true;
}
