#include "fleet/bulk/answers_row.h"

enum { BITS = 64 };

static uint32_t words_of(uint32_t count) {
        return (count + BITS - 1) / BITS;
}

static void set_bit(answers_bits *b, uint32_t i, bool on) {
        b[i / BITS] = (b[i / BITS] & ~(UINT64_C(1) << i % BITS)) | (uint64_t)on << i % BITS;
}

/* In one piece, in the order in which it is looked at. */
struct answers_row *answers_row_new(struct arena *a, uint32_t count, ptrdiff_t *bytes) {
        const uint32_t words = words_of(count);
        const ptrdiff_t found = (ptrdiff_t)sizeof(struct answers_row), known = found + (ptrdiff_t)(count * sizeof(struct answer_seen)),
                        size = known + (ptrdiff_t)((FACETS + 2) * words * sizeof(answers_bits));
        char *at = arena_alloc(a, 1, size);
        struct answers_row *row = (struct answers_row *)(void *)at;

        row->found = (struct answer_seen *)(void *)(at + found);
        row->known = (answers_bits *)(void *)(at + known);
        row->ranged = row->known + words;
        row->hanging = row->ranged + words;
        row->age = 1;
        *bytes += size;
        return row;
}

/* ---- What holds for the base ----------------------------------------------------------------------------------------------------------- */

/* The row has this answer from now on. */
static void row_put(struct answers_row *row, uint32_t words, uint32_t number, const struct answer *a) {
        const struct answer *before = row->found[number].answer;
        facet_set had = before ? before->facets & ANSWERS_COMPARED : 0, has = a ? a->facets & ANSWERS_COMPARED : 0;

        row->found[number] = answer_seen(a);
        set_bit(row->known, number, a != NULL);
        set_bit(row->ranged, number, a && (a->low > 0 || a->high < UINT64_MAX));
        for (facet_set left = had ^ has; left; left &= left - 1)
                set_bit(row->hanging + (ptrdiff_t)facet_first(left) * words, number, (has >> facet_first(left) & 1) != 0);
}

/* Those of one word that do not hold again for a machine that differs from the row's base from these sides. `keys`: of each, a number for what the
 * machine shows from those on which the base's answer hangs, or, where none is known, from all. */
static answers_bits gone(const struct answers_row *row, uint32_t words, uint32_t word, facet_set differs, const struct sight *s, uint64_t *keys) {
        answers_bits ret = ~row->known[word];
        uint64_t all = 0;

        memset(keys, 0, BITS * sizeof(*keys));
        for (facet_set left = differs; left; left &= left - 1) {
                int side = facet_first(left);
                answers_bits hanging = row->hanging[(ptrdiff_t)side * words + word];
                uint64_t part = answers_part(s->versions[side], side);

                ret |= hanging;
                all += part;
                for (; hanging; hanging &= hanging - 1)
                        keys[__builtin_ctzll(hanging)] += part;
        }
        for (answers_bits left = ~row->known[word]; left; left &= left - 1)
                keys[__builtin_ctzll(left)] = all;
        for (answers_bits left = row->ranged[word] & ~ret; left; left &= left - 1) {
                const struct answer *a = row->found[word * BITS + (uint32_t)__builtin_ctzll(left)].answer;

                if (s->revision < a->low || s->revision > a->high)
                        ret |= left & -left;
        }
        return ret;
}

/* ---- Beside the base --------------------------------------------------------------------------------------------------------------- */

enum { BESIDE_FIRST = 64, BESIDE_MAX = 2048 };

/* The first of two, one beside the other. */
static struct answer_beside *beside_place(const struct answers_row *row, uint32_t number, uint64_t key) {
        uint64_t h = (key + number) * UINT64_C(0x9e3779b97f4a7c15);

        return &row->beside[(h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (row->beside_size - 2)];
}

/* The machine shows what that one did: both are like the base from all other sides. */
static bool is_beside(const struct answer_beside *e, const struct answers_row *row, uint32_t number, facet_set differs, const struct sight *s) {
        int i = 0;

        if (e->age != row->age || e->number != number)
                return false;
        for (facet_set left = e->facets & differs; left; left &= left - 1, i++)
                if (i == e->side_count || e->sides[i] != facet_first(left) || e->versions[i] != s->versions[e->sides[i]])
                        return false;
        return i == e->side_count && (!e->seen.ranged || (s->revision >= e->seen.answer->low && s->revision <= e->seen.answer->high));
}

/* What was lost to others tells that there are too few places. */
static void beside_grow(struct answers_row *row, struct arena *a, ptrdiff_t *bytes) {
        uint32_t size = row->beside_size ? row->beside_size * 2 : BESIDE_FIRST;

        row->beside = arena_array(a, struct answer_beside, size);
        row->beside_size = size;
        row->beside_lost = 0;
        *bytes += (ptrdiff_t)(size * sizeof(*row->beside));
}

/* False: it differs in too many. */
static bool beside_make(const struct answers_row *row, uint32_t number, facet_set differs, const struct sight *s, const struct answer *a,
                        struct answer_beside *ret) {
        *ret = (struct answer_beside){ .facets = a->facets & ANSWERS_COMPARED, .seen = answer_seen(a), .number = (uint16_t)number, .age = row->age };

        for (facet_set left = ret->facets & differs; left; left &= left - 1) {
                if (ret->side_count == BESIDE_SIDES)
                        return false;
                ret->sides[ret->side_count] = (uint8_t)facet_first(left);
                ret->versions[ret->side_count] = s->versions[facet_first(left)];
                ret->side_count++;
        }
        return true;
}

/* The later one of two stands first. */
static void beside_put(struct answers_row *row, struct arena *a, uint64_t key, const struct answer_beside *fresh, ptrdiff_t *bytes) {
        struct answer_beside *e;

        if (row->beside_size == 0 || (row->beside_lost > row->beside_size / 4 && row->beside_size < BESIDE_MAX))
                beside_grow(row, a, bytes);
        e = beside_place(row, fresh->number, key);
        row->beside_lost += e[0].age == row->age && e[1].age == row->age;
        if (e[0].age == row->age)
                e[1] = e[0];
        e[0] = *fresh;
}

/* Those that are found so are left no more. */
static void find_beside(const struct answers_row *row, const struct sight *s, struct answers_sought *left, struct answer_seen *found) {
        uint32_t n = 0;

        if (row->beside_size == 0)
                return;
        for (uint32_t i = 0; i < left->count; i++)
                __builtin_prefetch(beside_place(row, left->numbers[i], left->keys[left->numbers[i]]));
        for (uint32_t i = 0; i < left->count; i++) {
                uint32_t number = left->numbers[i];
                const struct answer_beside *e = beside_place(row, number, left->keys[number]);

                if (is_beside(e, row, number, left->differs, s) || is_beside(++e, row, number, left->differs, s))
                        found[number] = e->seen;
                else
                        left->numbers[n++] = number;
        }
        left->count = n;
}

/* ---- The whole ----------------------------------------------------------------------------------------------------------------------------- */

void answers_row_find(const struct answers_row *row, const struct sight *s, uint32_t count, struct answers_sought *ret, struct answer_seen *found) {
        const uint32_t words = words_of(count);

        answers_fetch(row->base.versions, (ptrdiff_t)sizeof(row->base.versions));
        answers_fetch(row->found, (ptrdiff_t)(count * sizeof(*found)));
        ret->differs = sight_differing(row->base.versions, s->versions) & ANSWERS_COMPARED;
        ret->count = 0;
        memcpy(found, row->found, count * sizeof(*found));
        for (uint32_t w = 0; w < words; w++)
                for (answers_bits left = gone(row, words, w, ret->differs, s, ret->keys + (size_t)w * BITS); left; left &= left - 1) {
                        uint32_t number = w * BITS + (uint32_t)__builtin_ctzll(left);

                        if (number < count)
                                ret->numbers[ret->count++] = number;
                }
        ret->any = ret->count > 0;
        find_beside(row, s, ret, found);
}

/* The base became another one: what was found for the machine takes its place where the base shows what it does. */
static void renew(struct answers_row *row, uint32_t words, const struct answer_seen *found, uint32_t count, facet_set other, facet_set steady) {
        row->age++;
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = found[i].answer, *known = row->found[i].answer;

                if (a == known)
                        continue;
                if (a && !(a->facets & other & ~steady))
                        row_put(row, words, i, a);
                else if (known && known->facets & steady)
                        row_put(row, words, i, NULL);
        }
}

void answers_row_learn(struct answers_row *row, struct arena *a, const struct sight *s, uint32_t count, const struct answers_sought *left,
                       const struct answer_seen *found, ptrdiff_t *bytes) {
        facet_set steady = sight_steady(&row->base, s, left->differs);
        const uint32_t words = words_of(count);
        struct answer_beside fresh;

        if (steady) {
                renew(row, words, found, count, left->differs, steady);
                return;
        }
        for (uint32_t i = 0; i < left->count; i++) {
                uint32_t number = left->numbers[i];
                const struct answer *one = found[number].answer;

                if (!one)
                        continue;
                if (!row->found[number].answer && !(one->facets & left->differs))
                        row_put(row, words, number, one);
                else if (beside_make(row, number, left->differs, s, one, &fresh))
                        beside_put(row, a, left->keys[number], &fresh, bytes);
        }
}
