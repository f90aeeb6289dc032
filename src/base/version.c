#include "base/version.h"

bool version_valid(struct str s) {
        return s.len > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

/* Cuts the next number off the dotted numbers; 0 when they are used up. */
static uint64_t next_number(struct str *s) {
        uint64_t v = 0;
        ptrdiff_t i = 0;

        for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9'; i++)
                v = v > UINT32_MAX ? v : v * 10 + (uint64_t)(s->p[i] - '0');
        if (i < s->len && s->p[i] == '.')
                *s = str_from(*s, i + 1);
        else
                *s = (struct str){ .p = "", .len = 0 };
        return v;
}

/* "6.12.0-rc1", "6.12-rc1", "6.12.0-0.rc1.9852d85.fc42": a candidate for what the numbers say. */
static bool is_candidate(struct str s) {
        while (s.len > 0 && ((s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '.'))
                s = str_from(s, 1);
        return str_starts(s, S("-rc")) || str_starts(s, S("-0.rc"));
}

int version_cmp(struct str a, struct str b) {
        int candidates = is_candidate(b) - is_candidate(a);

        while (a.len > 0 || b.len > 0) {
                uint64_t x = next_number(&a), y = next_number(&b);

                if (x != y)
                        return x < y ? -1 : 1;
        }
        return candidates;
}
