#include "cli/guide.h"

int guide_offering(struct cli *c, const struct guidance *g, struct str id, const struct offering **ret) {
        struct str words = S(""), near;

        *ret = guidance_offering(g, id);
        if (*ret)
                return 0;
        for (uint32_t i = 0; i < g->offering_count; i++)
                words = str_fmt(&c->arena, "%.*s%.*s|", STR_ARG(words), STR_ARG(g->offerings[i].id));
        near = cli_nearest(id, words, &c->arena);
        if (near.len)
                return diag_fail_class(&c->diag, DIAG_USAGE, "no offering is called '%.*s'; did you mean '%.*s'?", STR_ARG(id),
                                       STR_ARG(near));
        return diag_fail_class(&c->diag, DIAG_USAGE, "no offering is called '%.*s'; known are %.*s", STR_ARG(id),
                               STR_ARG(str_sub(words, 0, words.len - 1)));
}

/* Two digits at `at`, within 1..most. */
static bool is_within(struct str s, ptrdiff_t at, uint64_t most) {
        uint64_t n;

        return str_to_u64(str_sub(s, at, 2), &n) && n >= 1 && n <= most;
}

int guide_date(struct cli *c, struct str s) {
        bool ok = s.len == 10;

        for (ptrdiff_t i = 0; ok && i < s.len; i++)
                ok = i == 4 || i == 7 ? s.p[i] == '-' : s.p[i] >= '0' && s.p[i] <= '9';
        if (ok && is_within(s, 5, 12) && is_within(s, 8, 31))
                return 0;
        return diag_fail_class(&c->diag, DIAG_USAGE, "expected a date such as 2018-01-12, found '%.*s'", STR_ARG(s));
}
