#include "plan/edit/words.h"

/* GRUB's environment block: 1024 bytes, a first line, `name=value` lines in which a backslash stands before a backslash and before a line
 * feed, then '#' to the last byte (grub-core/lib/envblk.c). */

enum { BLOCK_SIZE = 1024 };

static const struct str signature = STR("# GRUB Environment Block\n");

/* One line, and where the next one begins. */
struct entry {
        ptrdiff_t from, value, next; /* value: behind '=', or -1 */
};

static bool entry_next(struct str text, struct entry *e) {
        ptrdiff_t i = e->next;

        if (i >= text.len)
                return false;
        *e = (struct entry){ .from = i, .value = -1 };
        while (i < text.len && text.p[i] != '\n') {
                if (text.p[i] == '=' && e->value < 0 && text.p[e->from] != '#')
                        e->value = i + 1;
                i += text.p[i] == '\\' && i + 1 < text.len ? 2 : 1;
        }
        e->next = i + 1;
        return true;
}

/* The line that sets a name; false when there is none. */
static bool entry_of(struct str text, struct str name, struct entry *ret) {
        *ret = (struct entry){ 0 };
        while (entry_next(text, ret))
                if (ret->value >= 0 && ret->next <= text.len && str_eq(str_span(text, ret->from, ret->value - 1), name))
                        return true;
        return false;
}

bool grubenv_get(struct arena *a, struct str text, struct str name, struct str *ret_value) {
        struct entry e;
        char *bytes;
        ptrdiff_t n = 0;

        if (!str_starts(text, signature) || !entry_of(text, name, &e))
                return false;
        bytes = arena_bytes(a, e.next - e.value + 1);
        for (ptrdiff_t i = e.value; i < e.next - 1; i++) {
                i += text.p[i] == '\\' && i + 1 < e.next - 1;
                bytes[n++] = text.p[i];
        }
        *ret_value = str_n(bytes, n);
        return true;
}

static struct str escaped(struct arena *a, struct str value) {
        char *bytes = arena_bytes(a, 2 * value.len + 1);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < value.len; i++) {
                if (value.p[i] == '\\' || value.p[i] == '\n')
                        bytes[n++] = '\\';
                bytes[n++] = value.p[i];
        }
        return str_n(bytes, n);
}

/* Where the padding begins; -1 when this is no whole block. */
static ptrdiff_t padding_of(struct str text) {
        ptrdiff_t at = text.len;

        if (text.len != BLOCK_SIZE || !str_starts(text, signature))
                return -1;
        while (at > 0 && text.p[at - 1] == '#')
                at--;
        return at > 0 && text.p[at - 1] == '\n' ? at : -1;
}

struct edited grubenv_set(struct arena *a, struct str text, struct str name, struct str value) {
        ptrdiff_t padding = padding_of(text), from, to;
        struct str line = S(""), used;
        struct entry e;
        char *block;

        if (padding < 0)
                return refused(a, 0, "this is not an environment block of %d bytes as GRUB writes it", BLOCK_SIZE);
        used = str_sub(text, 0, padding);
        if (entry_of(used, S("env_block"), &e))
                return refused(a, line_at(text, e.from), "GRUB keeps its variables in a block outside of this file");
        if (value.p)
                line = str_fmt(a, "%.*s=%.*s\n", STR_ARG(name), STR_ARG(escaped(a, value)));
        from = to = padding;
        if (entry_of(used, name, &e)) {
                from = e.from;
                to = e.next;
        }
        if (padding - (to - from) + line.len > BLOCK_SIZE)
                return refused(a, 0, "there is no room for %.*s", STR_ARG(name));
        block = arena_bytes(a, BLOCK_SIZE);
        memset(block, '#', BLOCK_SIZE);
        memcpy(block, text.p, (size_t)from);
        if (line.len)
                memcpy(block + from, line.p, (size_t)line.len);
        memcpy(block + from + line.len, text.p + to, (size_t)(padding - to));
        if (str_eq(str_n(block, BLOCK_SIZE), text))
                return (struct edited){ .outcome = EDITED_SAME, .text = text };
        return (struct edited){ .outcome = EDITED_DONE, .text = str_n(block, BLOCK_SIZE) };
}

struct edited grubenv_words(struct arena *a, struct str text, struct str name, const struct word_changes *changes) {
        struct str value;
        struct words_edit w = { .arena = a, .syntax = WORDS_GRUB, .changes = changes };
        struct edited done;

        if (!grubenv_get(a, text, name, &value))
                return (struct edited){ .outcome = EDITED_SAME, .text = text };
        if (words_end_escaped(value))
                return (struct edited){ .outcome = EDITED_REFUSED, .text = text, .reason = S("a backslash ends the value") };
        w.text = value;
        words_part(&w, 0, value.len);
        done = words_done(&w);
        if (done.outcome == EDITED_DONE)
                return grubenv_set(a, text, name, done.text);
        done.line = 0;
        done.text = text;
        return done;
}
