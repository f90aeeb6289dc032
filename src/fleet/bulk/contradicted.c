#include "fleet/bulk/contradicted.h"

#include "fleet/bulk/pieces_parts.h"

static void add(struct contradicted *all, struct arena *a, const struct catalog *c, uint16_t fact) {
        if (!all->has) {
                all->has = arena_array(a, bool, c->fact_count);
                all->items = arena_array_raw(a, uint16_t, c->fact_count);
        }
        if (!all->has[fact])
                all->items[all->count++] = fact;
        all->has[fact] = true;
}

/* In the order of their numbers. */
static struct piece *keep(const struct contradicted *all, struct pieces *p) {
        struct piece_text t = text_begin(p, "x", (ptrdiff_t)(all->count * sizeof(*all->items)));

        for (uint32_t i = 0; all->has && i < p->catalog->fact_count; i++)
                if (all->has[i])
                        text_put(&t, str_n((const char *)&(uint16_t){ (uint16_t)i }, (ptrdiff_t)sizeof(uint16_t)));
        return text_keep(p, &t);
}

const struct piece *contradicted_keep(struct pieces *p, struct arena *a, const struct facts *f) {
        struct contradicted all = { 0 };

        for (uint32_t i = 0; i < f->catalog->fact_count; i++)
                if (facts_contradicted(f, i))
                        add(&all, a, f->catalog, (uint16_t)i);
        return keep(&all, p);
}

void contradicted_add(struct contradicted *all, struct arena *a, const struct catalog *c, const struct answer *of) {
        const struct piece *set = of->contradicted;
        uint16_t fact;

        for (ptrdiff_t i = 1; set && i < set->text.len; i += (ptrdiff_t)sizeof(fact)) {
                memcpy(&fact, set->text.p + i, sizeof(fact));
                add(all, a, c, fact);
        }
}

bool contradicted_show(const struct contradicted *all, struct pieces *p, struct sight *s) {
        const struct piece *set = all->has ? keep(all, p) : NULL;

        s->versions[facet_first(FACET_CONTRADICTED)] = set ? set->id : 0;
        return set || !all->has;
}
