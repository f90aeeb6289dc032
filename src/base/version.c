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

int version_cmp(struct str a, struct str b) {
        while (a.len > 0 || b.len > 0) {
                uint64_t x = next_number(&a), y = next_number(&b);

                if (x != y)
                        return x < y ? -1 : 1;
        }
        return 0;
}
