#include "fleet/bulk/facts_kept.h"

/* What hangs on these holds for one machine, or for a range of revisions that is not told fact by fact. */
static const facet_set never = FACET_REVISION | FACET_REVISION_RANGE | FACET_UNSHARED | FACET_CONTRADICTED;

void rules_keep(struct rules_kept *ret, struct arena *a, const struct catalog *c) {
        *ret = (struct rules_kept){ .numbers = arena_array(a, uint16_t, c->node_count) };
        for (uint32_t i = 0; i < c->flaw_count; i++)
                for (uint32_t k = 0; k < c->flaws[i].rule_count; k++) {
                        uint16_t *number = &ret->numbers[c->flaws[i].rules[k].condition];

                        if (!*number && ret->count < UINT16_MAX)
                                *number = (uint16_t)++ret->count;
                }
}

struct facts_kept *facts_kept_new(struct arena *a, const struct catalog *c, const struct rules_kept *rules, ptrdiff_t *bytes) {
        struct facts_kept *k = arena_new(a, struct facts_kept);

        k->places = arena_array(a, uint16_t, c->fact_count);
        k->rule_count = rules->count;
        k->truths = arena_array(a, uint8_t, rules->count);
        k->truth_facets = arena_array(a, facet_set, rules->count);
        k->known = (struct facts_known){
                .places = k->places, .numbers = rules->numbers, .truths = k->truths, .truth_facets = k->truth_facets
        };
        *bytes += (ptrdiff_t)sizeof(*k) + (ptrdiff_t)c->fact_count * (ptrdiff_t)sizeof(*k->places) +
                  (ptrdiff_t)rules->count * (ptrdiff_t)(sizeof(*k->truths) + sizeof(*k->truth_facets));
        return k;
}

/* What hangs on one of these sides is known no more; a fact's place stays. */
static void drop(struct facts_kept *k, facet_set sides) {
        for (ptrdiff_t i = 0; i < k->count; i++)
                if (k->items[i].facets & sides)
                        k->items[i].facets = FACET_UNSHARED;
        for (uint32_t i = 0; i < k->rule_count; i++)
                if (k->truth_facets[i] & sides)
                        k->truths[i] = 0;
}

const struct facts_known *facts_kept_for(struct facts_kept *k, const struct sight *s) {
        facet_set other = sight_differing(k->base.versions, s->versions);
        facet_set steady = sight_steady(&k->base, s, other);

        if (steady)
                drop(k, steady);
        k->known.items = k->items;
        k->known.differs = (other & ~steady) | never;
        return &k->known;
}

static struct str kept(struct arena *a, struct str before, struct str now, ptrdiff_t *bytes) {
        if (str_eq(before, now))
                return before;
        *bytes += now.len;
        return str_dup(a, now);
}

static void learn_fact(struct facts_kept *k, struct arena *a, const struct facts *f, uint32_t number, ptrdiff_t *bytes) {
        struct fact_known *item;
        struct fact before;

        if (!k->places[number]) {
                (void)arena_append(a, k);
                k->places[number] = (uint16_t)k->count;
                *bytes += (ptrdiff_t)sizeof(*item);
        }
        item = &k->items[k->places[number] - 1];
        before = item->value;
        *item = (struct fact_known){ .value = f->values[number], .facets = f->facets[number] };
        item->value.text = kept(a, before.text, item->value.text, bytes);
        item->value.source = kept(a, before.source, item->value.source, bytes);
}

static void learn_facts(struct facts_kept *k, struct arena *a, const struct facts *f, uint32_t from, uint32_t to, ptrdiff_t *bytes) {
        for (uint32_t i = from; i < to; i++)
                if (f->asked[i] == FACT_COMPUTED && !(f->facets[i] & k->known.differs) &&
                    (!k->places[i] || k->items[k->places[i] - 1].facets & never))
                        learn_fact(k, a, f, i, bytes);
}

static void learn_rules(struct facts_kept *k, const struct facts *f, const struct flaw *flaw) {
        for (uint32_t i = 0; i < flaw->rule_count; i++) {
                condition c = flaw->rules[i].condition;
                uint32_t at = k->known.numbers[c];

                if (!at || !f->truths[c] || f->truth_facets[c] & k->known.differs)
                        continue;
                k->truths[at - 1] = f->truths[c];
                k->truth_facets[at - 1] = f->truth_facets[c];
        }
}

void facts_kept_learn(struct facts_kept *k, struct arena *a, const struct verdict *v, ptrdiff_t *bytes) {
        const struct facts *f = v->facts;
        uint32_t count = f->catalog->fact_count, i = 0;
        uint64_t asked;

        for (; i + sizeof(asked) <= count; i += (uint32_t)sizeof(asked)) { /* most were not asked for */
                memcpy(&asked, f->asked + i, sizeof(asked));
                if (asked)
                        learn_facts(k, a, f, i, i + (uint32_t)sizeof(asked), bytes);
        }
        learn_facts(k, a, f, i, count, bytes);
        for (i = 0; i < v->finding_count; i++)
                learn_rules(k, f, v->findings[i].flaw);
        k->known.items = k->items; /* they may have moved, and the same machine may be judged once more */
}
