#include "plan/edit/patch.h"

#include <stdarg.h>
#include <stdio.h>

void patch_add(struct patches *p, struct arena *a, ptrdiff_t from, ptrdiff_t to, struct str with) {
        ptrdiff_t i;

        arena_append(a, p);
        for (i = p->count - 1; i > 0 && p->items[i - 1].from > from; i--)
                p->items[i] = p->items[i - 1];
        p->items[i] = (struct patch){ .from = from, .to = to, .with = with };
}

struct edited patched(struct arena *a, struct str text, const struct patches *p) {
        ptrdiff_t size = text.len, n = 0, at = 0;
        char *bytes;

        for (ptrdiff_t i = 0; i < p->count; i++)
                size += p->items[i].with.len;
        bytes = arena_bytes(a, size + 1);
        for (ptrdiff_t i = 0; i <= p->count; i++) {
                struct patch last = { .from = text.len, .to = text.len }, *next = i < p->count ? &p->items[i] : &last;

                if (next->from > at)
                        memcpy(bytes + n, text.p + at, (size_t)(next->from - at));
                n += next->from > at ? next->from - at : 0;
                if (next->with.len)
                        memcpy(bytes + n, next->with.p, (size_t)next->with.len);
                n += next->with.len;
                at = next->to > at ? next->to : at;
        }
        if (str_eq(str_n(bytes, n), text))
                return (struct edited){ .outcome = EDITED_SAME, .text = text };
        return (struct edited){ .outcome = EDITED_DONE, .text = str_n(bytes, n) };
}

struct edited refused(struct arena *a, uint32_t line, const char *format, ...) {
        char text[512];
        va_list args;

        va_start(args, format);
        (void)vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        return (struct edited){ .outcome = EDITED_REFUSED, .line = line, .reason = str_dup(a, str_of(text)) };
}

uint32_t line_at(struct str text, ptrdiff_t at) {
        uint32_t line = 1;

        for (ptrdiff_t i = 0; i < at && i < text.len; i++)
                line += text.p[i] == '\n';
        return line;
}

bool line_next(struct str text, struct line_span *l) {
        ptrdiff_t n;

        if (l->next >= text.len)
                return false;
        l->from = l->next;
        n = str_find_char(str_from(text, l->from), '\n');
        l->to = n < 0 ? text.len : l->from + n;
        l->next = n < 0 ? text.len : l->to + 1;
        if (l->to > l->from && text.p[l->to - 1] == '\r')
                l->to--;
        l->number++;
        return true;
}
