/* bootc: /usr/lib/bootc/kargs.d/NAME.toml. Of TOML only what these files hold is read: the key `kargs`, an array of plain strings over one
 * line or several, with comments between; anything else in the array is refused, and everything outside of it stays. */
#include "plan/edit/words.h"

struct item {
        ptrdiff_t from, to; /* with its quotes */
        struct str text;
};

struct kargs {
        struct arena *a;
        struct str text;
        ptrdiff_t open, close; /* of the array's brackets */
        struct { struct item *items; ptrdiff_t count, capacity; } items;
        struct edited refusal;
};

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind blanks and comments. */
static ptrdiff_t skip(struct str text, ptrdiff_t at) {
        for (; at < text.len; at++) {
                if (text.p[at] == '#')
                        while (at < text.len && text.p[at] != '\n')
                                at++;
                if (at < text.len && !is_blank(text.p[at]))
                        break;
        }
        return at;
}

/* The '[' behind `kargs =`, at the beginning of a line; -1: there is none. */
static ptrdiff_t find_array(struct str text) {
        struct line_span l = { 0 };

        while (line_next(text, &l)) {
                struct str line = str_span(text, l.from, l.to), rest = str_trim(line);

                if (!str_starts(rest, S("kargs")))
                        continue;
                rest = str_trim(str_from(rest, 5));
                if (rest.len && rest.p[0] == '=')
                        return skip(text, (rest.p - text.p) + 1);
        }
        return -1;
}

static bool refuse(struct kargs *k, ptrdiff_t at, const char *why) {
        k->refusal = refused(k->a, line_at(k->text, at), "%s", why);
        return false;
}

static bool read_item(struct kargs *k, ptrdiff_t *at) {
        char quote = k->text.p[*at];
        ptrdiff_t from = *at, to = from + 1;

        if (quote != '"' && quote != '\'')
                return refuse(k, from, "kargs holds something other than a plain string");
        while (to < k->text.len && k->text.p[to] != quote && k->text.p[to] != '\n')
                to++;
        if (to >= k->text.len || k->text.p[to] != quote || to == from + 1)
                return refuse(k, from, "a string of kargs does not end on its line, or is empty");
        if (quote == '"' && str_find_char(str_span(k->text, from + 1, to), '\\') >= 0)
                return refuse(k, from, "a string of kargs has an escape");
        *arena_append(k->a, &k->items) = (struct item){ .from = from, .to = to + 1, .text = str_span(k->text, from + 1, to) };
        *at = to + 1;
        return true;
}

/* False with a refusal. */
static bool read_array(struct kargs *k) {
        ptrdiff_t at = k->open + 1;

        for (;;) {
                at = skip(k->text, at);
                if (at >= k->text.len)
                        return refuse(k, k->open, "the array of kargs does not end");
                if (k->text.p[at] == ']')
                        break;
                if (!read_item(k, &at))
                        return false;
                at = skip(k->text, at);
                if (at < k->text.len && k->text.p[at] == ',')
                        at++;
                else if (at >= k->text.len || k->text.p[at] != ']')
                        return refuse(k, at < k->text.len ? at : k->open, "the array of kargs does not end");
        }
        k->close = at;
        return true;
}

/* From the beginning of the line to behind its end, where nothing else stands on it; false where something does. */
static bool whole_line(struct str text, ptrdiff_t *from, ptrdiff_t *to) {
        ptrdiff_t first = *from, last = *to;

        while (first > 0 && (text.p[first - 1] == ' ' || text.p[first - 1] == '\t'))
                first--;
        while (last < text.len && (text.p[last] == ' ' || text.p[last] == '\t' || text.p[last] == '\r'))
                last++;
        if (first == 0 || text.p[first - 1] != '\n' || last >= text.len || text.p[last] != '\n')
                return false;
        *from = first;
        *to = last + 1;
        return true;
}

/* An item with the comma behind it and the blanks up to what follows on its line, or all of the line where it stands alone; the last one
 * with the comma before it. */
static void take_out(struct kargs *k, struct patches *p, ptrdiff_t n) {
        ptrdiff_t from = k->items.items[n].from, to = k->items.items[n].to;

        while (to < k->text.len && (k->text.p[to] == ' ' || k->text.p[to] == '\t' || k->text.p[to] == ','))
                to++;
        if (n + 1 == k->items.count && to == k->close && n > 0) { /* ["a", "b"]: no comma stood behind it */
                to = k->items.items[n].to;
                from = k->items.items[n - 1].to;
                if (p->count && p->items[p->count - 1].to > from)
                        from = p->items[p->count - 1].to;
        }
        if (!whole_line(k->text, &from, &to) && to < k->text.len && k->text.p[to] == '\n')
                while (from > 0 && (k->text.p[from - 1] == ' ' || k->text.p[from - 1] == '\t'))
                        from--;
        patch_add(p, k->a, from, to, S(""));
}

static bool goes(struct kargs *k, const struct item *i, const struct word_changes *changes) {
        for (ptrdiff_t c = 0; c < changes->count; c++)
                if (changes->items[c].remove.len && words_hold(k->a, i->text, WORDS_KERNEL, changes->items[c].remove))
                        return true;
        return false;
}

struct edited edit_bootc_kargs(struct arena *a, struct str text, const struct word_changes *changes) {
        struct kargs k = { .a = a, .text = text, .open = find_array(text) };
        struct patches patches = { 0 };

        if (k.open < 0)
                return (struct edited){ .outcome = EDITED_SAME, .text = text };
        if (k.open >= text.len || text.p[k.open] != '[')
                return refused(a, line_at(text, k.open), "kargs is no array");
        if (!read_array(&k))
                return k.refusal;
        for (ptrdiff_t i = 0; i < k.items.count; i++) {
                if (!goes(&k, &k.items.items[i], changes))
                        continue;
                if (str_find_char(k.items.items[i].text, ' ') >= 0)
                        return refused(a, line_at(text, k.items.items[i].from), "one string of kargs holds several words");
                take_out(&k, &patches, i);
        }
        return patched(a, text, &patches);
}
