#include "cli/guide.h"

int guide_offering(struct cli *c, const struct guidance *g, struct str id, const struct offering **ret) {
        struct str words = S("");

        *ret = guidance_offering(g, id);
        if (*ret)
                return 0;
        for (uint32_t i = 0; i < g->offering_count; i++)
                words = str_fmt(&c->arena, "%.*s%.*s|", STR_ARG(words), STR_ARG(T(g->offerings[i].id)));
        return cli_no_such(c, "offering", id, words, NULL);
}
