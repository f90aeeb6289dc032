#include "plan/groups.h"

#include <stdlib.h>

static struct str ids(struct arena *a, const struct verdict *r, enum status least, enum status most, uint32_t *ret_count) {
        struct str list = S("");

        *ret_count = 0;
        for (int s = (int)most; s >= (int)least; s--)
                for (uint32_t i = 0; i < r->finding_count; i++) {
                        const struct finding *f = &r->findings[i];

                        if (!f->at_stake || f->status != (enum status)s)
                                continue;
                        list = str_fmt(a, "%.*s%s%.*s", STR_ARG(list), list.len ? ", " : "", STR_ARG(T(f->flaw->id)));
                        ++*ret_count;
                }
        return list;
}

static bool is_same(const struct group *x, const struct group *y) {
        return x->worst == y->worst && str_eq(x->open, y->open) && str_eq(x->unknown, y->unknown) && str_eq(x->processor, y->processor) &&
               str_eq(x->where, y->where) && str_eq(x->os, y->os);
}

static struct group *kind_of(struct groups *g, const struct verdict *r) {
        struct arena *a = g->arena, *scratch = r->facts->arena;
        struct arena_mark mark = arena_mark(scratch);
        struct group found = { .processor = r->machine.processor, .where = r->machine.where, .os = r->machine.os, .worst = r->worst };
        uint32_t unknown;
        struct group *k;

        found.open = ids(scratch, r, STATUS_PARTIAL, STATUS_VULNERABLE, &found.open_count);
        found.unknown = ids(scratch, r, STATUS_UNKNOWN, STATUS_UNKNOWN, &unknown);
        for (ptrdiff_t i = 0; i < g->kinds.count; i++)
                if (is_same(&g->kinds.items[i], &found)) {
                        arena_release(scratch, mark);
                        return &g->kinds.items[i];
                }
        k = arena_append(a, &g->kinds);
        *k = (struct group){ .processor = str_dup(a, found.processor), .where = str_dup(a, found.where), .os = str_dup(a, found.os),
                             .worst = found.worst, .open = str_dup(a, found.open), .open_count = found.open_count,
                             .unknown = str_dup(a, found.unknown), .number = g->kinds.count - 1 };
        arena_release(scratch, mark);
        return k;
}

ptrdiff_t groups_add(struct groups *g, const struct verdict *r) {
        struct group *k = kind_of(g, r);
        bool fresh = !seen_before(g->seen, str_of(r->fingerprint));

        k->fingerprints += fresh;
        if (!k->machines)
                k->fingerprint = str_dup(g->arena, str_of(r->fingerprint));
        g->fingerprints += fresh;
        if (k->machines < GROUP_NAMES)
                k->names[k->machines] = str_dup(g->arena, r->machine.name);
        k->machines++;
        g->machines++;
        g->by_worst[r->worst]++;
        g->denied += r->machine.denied > 0;
        g->failed += r->machine.failed > 0;
        g->old += r->machine.old_evidence;
        g->old_data |= r->machine.old_data;
        g->undated += r->captured.len == 0;
        if (r->captured.len && (g->oldest.len == 0 || str_cmp(r->captured, g->oldest) < 0))
                g->oldest = str_dup(g->arena, r->captured);
        if (!g->totals)
                g->totals = arena_array(g->arena, struct flaw_total, r->catalog->flaw_count);
        g->catalog = r->catalog;
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];
                struct flaw_total *t = &g->totals[f->flaw - r->catalog->flaws];

                t->flaw = f->flaw;
                t->machines[f->status] += f->at_stake;
        }
        return k->number;
}

static int larger_first(uint32_t x, uint32_t y) {
        return x < y ? 1 : x > y ? -1 : 0;
}

static int worst_first(const void *x, const void *y) {
        const struct group *a = x, *b = y;
        int order = larger_first(a->worst, b->worst);

        order = order ? order : larger_first(a->open_count, b->open_count);
        order = order ? order : larger_first(a->machines, b->machines);
        order = order ? order : str_cmp(a->processor, b->processor);
        order = order ? order : str_cmp(a->os, b->os);
        order = order ? order : str_cmp(a->where, b->where);
        order = order ? order : str_cmp(a->open, b->open);
        return order ? order : str_cmp(a->unknown, b->unknown);
}

void groups_sort(struct groups *g) {
        if (g->kinds.count)
                qsort(g->kinds.items, (size_t)g->kinds.count, sizeof(*g->kinds.items), worst_first);
}

static uint32_t open_on(const struct flaw_total *t) {
        return t->machines[STATUS_VULNERABLE] + t->machines[STATUS_PARTIAL];
}

static int widest_first(const void *x, const void *y) {
        const struct flaw_total *a = x, *b = y;
        int order = larger_first(open_on(a), open_on(b));

        order = order ? order : larger_first(a->machines[STATUS_UNKNOWN], b->machines[STATUS_UNKNOWN]);
        return order ? order : str_cmp(T(a->flaw->id), T(b->flaw->id));
}

const struct flaw_total *groups_flaws(const struct groups *g, struct arena *a) {
        struct flaw_total *all = arena_array(a, struct flaw_total, g->catalog->flaw_count + 1);
        size_t n = 0;

        for (uint32_t i = 0; i < g->catalog->flaw_count; i++)
                if (g->totals[i].flaw && open_on(&g->totals[i]) + g->totals[i].machines[STATUS_UNKNOWN])
                        all[n++] = g->totals[i];
        if (n)
                qsort(all, n, sizeof(*all), widest_first);
        return all;
}
