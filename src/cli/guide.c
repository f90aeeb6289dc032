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
