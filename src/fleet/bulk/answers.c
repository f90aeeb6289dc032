#include "fleet/bulk/answers.h"

#include "facts/facts.h"

enum { KINDS_FIRST = 64, FIRST_MAX = 8 << 20, STEPS_MAX = 64, MARK_LENGTH = sizeof(REVISION_MARK) - 1 };

/* Many are a quarter; which they are is looked at again from time to time. */
enum { MANY = 4, CHOSEN_FIRST = 8, RECHOSEN = 1024, FETCHED_MAX = 32, BITS = 64 };

/* Everything hangs on the processor, so that it need not be compared; the revision is compared by its number. */
static const facet_set compared = ~(FACET_PROCESSOR | FACET_REVISION | FACET_REVISION_RANGE);

/* ---- By the processor ---------------------------------------------------------------------------------------------------------- */

static struct answers_kind *place_of(struct answers_kind *kinds, uint32_t size, uint32_t processor) {
        uint32_t at = processor * UINT32_C(2654435761) >> 8 & (size - 1);

        while (kinds[at].round && kinds[at].processor != processor)
                at = (at + 1) & (size - 1);
        return &kinds[at];
}

static void grow(struct answers *t) {
        uint32_t larger = t->size ? t->size * 2 : KINDS_FIRST;
        struct answers_kind *kinds = arena_array(&t->arena, struct answers_kind, larger);

        for (uint32_t i = 0; i < t->size; i++)
                if (t->kinds[i].round)
                        *place_of(kinds, larger, t->kinds[i].processor) = t->kinds[i];
        t->kinds = kinds;
        t->size = larger;
        t->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*kinds);
}

/* Room for the answers to the first machine with this processor. */
static void put_aside(struct answers *t, struct answers_kind *k, const struct sight *s) {
        const ptrdiff_t size = (ptrdiff_t)(sizeof(*k->first) + t->numbers * sizeof(*k->first->answers));

        if (t->first_bytes > FIRST_MAX) {
                arena_reset(&t->first);
                t->first_bytes = 0;
                t->round++;
        }
        k->round = t->round;
        k->first = arena_alloc(&t->first, 1, size);
        k->first->shown.revision = s->revision;
        memcpy(k->first->shown.versions, s->versions, sizeof(s->versions));
        t->first_bytes += size;
}

/* The processor is seen again: what was put aside takes its place among what is found. */
static void unfold(struct answers *t, struct pieces *p, struct answers_kind *k) {
        const struct answers_first *first = k->first;

        k->first = NULL;
        k->masks = arena_array(&t->arena, struct answers_mask *, t->numbers);
        t->bytes += (ptrdiff_t)t->numbers * (ptrdiff_t)sizeof(*k->masks);
        for (uint32_t i = 0; i < t->numbers; i++)
                if (first->answers[i].text.p)
                        (void)answers_add(t, p, k, i, &first->shown, &first->answers[i]);
}

struct answers_kind *answers_kind(struct answers *t, struct pieces *p, const struct sight *s) {
        struct answers_kind *k;

        if (2 * t->count >= t->size)
                grow(t);
        t->round += !t->round;
        k = place_of(t->kinds, t->size, s->versions[0]);
        if (k->masks)
                return k;
        if (k->round == t->round) {
                unfold(t, p, k);
                return k;
        }
        t->count += !k->round;
        k->processor = s->versions[0];
        put_aside(t, k, s);
        return k;
}

/* ---- Answers ---------------------------------------------------------------------------------------------------------------------- */

static uint64_t part_of(uint32_t version, int side) {
        return (version + UINT64_C(1)) * ((uint64_t)side * UINT64_C(0xff51afd7ed558ccd) + 1);
}

/* Only for the tables: what they find is compared. Of sides whose order does not matter: the processor works on several at once, and where
 * few differ, so do few parts of the sum. */
static uint64_t sum_of(const struct sight *s, const struct answers_mask *m) {
        uint64_t sum = 0;

        for (int i = 0; i < m->side_count; i++)
                sum += part_of(s->versions[m->sides[i]], m->sides[i]);
        return sum;
}

/* The same for a machine that differs from another one, of which it is known, from these sides. */
static uint64_t sum_beside(uint64_t sum, facet_set differs, const uint32_t *versions, const struct sight *s) {
        for (facet_set left = differs; left; left &= left - 1) {
                int side = facet_first(left);

                sum += part_of(s->versions[side], side) - part_of(versions[side], side);
        }
        return sum;
}

static struct answer **place_in(const struct answers_mask *m, uint64_t sum) {
        return &m->table[((sum ^ sum >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (m->size - 1)];
}

static bool holds(const struct answer *a, const struct answers_mask *m, const struct sight *s) {
        for (int i = 0; i < m->side_count; i++)
                if (s->versions[m->sides[i]] != a->versions[i])
                        return false;
        return s->revision >= a->low && s->revision <= a->high;
}

static struct answer *find_in(const struct answers_mask *m, const struct sight *s, uint64_t sum) {
        int steps = 0; /* behind so many that were chosen to meet there it is judged anew */

        for (struct answer *a = *place_in(m, sum); a && steps < STEPS_MAX; a = a->next, steps++)
                if (a->sum == sum && holds(a, m, s))
                        return a;
        return NULL;
}

/* In all of them but one. */
static struct answer *find_from(const struct answers_mask *m, const struct answers_mask *but, const struct sight *s) {
        struct answer *ret = NULL;

        for (; m && !ret; m = m->next)
                if (m != but)
                        ret = find_in(m, s, sum_of(s, m));
        return ret;
}

struct answer *answers_find(const struct answers_kind *k, uint32_t number, const struct sight *s) {
        return find_from(k->masks ? k->masks[number] : NULL, NULL, s);
}

/* ---- All of one machine -------------------------------------------------------------------------------------------------------- */

/* So that the next machine is compared with one that differs from it only in what few answers hang on. Nothing but speed hangs on it. */
static void choose_common(struct answers_kind *k, const struct answers_row *row, uint32_t count) {
        uint32_t hanging[FACETS] = { 0 };

        for (uint32_t i = 0; i < count; i++)
                for (facet_set left = row->found[i] ? row->found[i]->facets & compared : 0; left; left &= left - 1)
                        hanging[facet_first(left)]++;
        k->common = 0;
        for (int i = 0; i < FACETS; i++)
                if (hanging[i] > count / MANY)
                        k->common |= (facet_set)1 << i;
}

static uint32_t words_of(uint32_t count) {
        return (count + BITS - 1) / BITS;
}

static void set_bit(answers_bits *b, uint32_t i, bool on) {
        b[i / BITS] = (b[i / BITS] & ~(UINT64_C(1) << i % BITS)) | (uint64_t)on << i % BITS;
}

static struct answers_row *row_new(struct answers *t, uint32_t count) {
        const ptrdiff_t size = (ptrdiff_t)(sizeof(struct answers_row) + count * sizeof(const struct answer *));
        const uint32_t words = words_of(count);
        struct answers_row *row = arena_alloc(&t->arena, 1, size);
        answers_bits *bits = arena_array(&t->arena, answers_bits, (FACETS + 2) * words);

        row->known = bits;
        row->ranged = bits + words;
        row->hanging = bits + (ptrdiff_t)2 * words;
        t->bytes += size + (ptrdiff_t)((FACETS + 2) * words * sizeof(*bits));
        return row;
}

static struct answers_row *row_of(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count) {
        struct answers_row **row;
        uint64_t h = 0;

        for (facet_set left = k->common; left; left &= left - 1)
                h += (s->versions[facet_first(left)] + UINT64_C(1)) * ((uint64_t)facet_first(left) * UINT64_C(0xff51afd7ed558ccd) + 1);
        row = &k->rows[(h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (ANSWERS_ROWS - 1)];
        if (!*row)
                *row = row_new(t, count);
        return *row;
}

/* The row has this answer from now on. */
static void row_put(struct answers_row *row, uint32_t words, uint32_t number, const struct answer *a) {
        const struct answer *before = row->found[number];
        facet_set had = before ? before->facets & compared : 0, has = a ? a->facets & compared : 0;

        row->found[number] = a;
        set_bit(row->known, number, a != NULL);
        set_bit(row->ranged, number, a && (a->low > 0 || a->high < UINT64_MAX));
        for (facet_set left = had ^ has; left; left &= left - 1)
                set_bit(row->hanging + (ptrdiff_t)facet_first(left) * words, number, (has >> facet_first(left) & 1) != 0);
}

/* Those of one word that do not hold again for a machine that differs from the row's from these sides. */
static answers_bits gone(const struct answers_row *row, uint32_t words, uint32_t word, facet_set differs, uint64_t revision) {
        answers_bits ret = ~row->known[word];

        for (facet_set left = differs; left; left &= left - 1)
                ret |= row->hanging[(ptrdiff_t)facet_first(left) * words + word];
        for (answers_bits left = row->ranged[word] & ~ret; left; left &= left - 1) {
                const struct answer *a = row->found[word * BITS + (uint32_t)__builtin_ctzll(left)];

                if (revision < a->low || revision > a->high)
                        ret |= left & -left;
        }
        return ret;
}

/* Of these numbers. What is looked at lies far apart: all of it is fetched at once, instead of one after the other. Most answers hang on the
 * same sides as the row's. */
static void find_these(const struct answers_kind *k, const struct answers_row *row, facet_set differs, const struct sight *s,
                       const uint32_t *numbers, uint32_t count, const struct answer **ret) {
        const struct answers_mask *masks[FETCHED_MAX];
        uint64_t sums[FETCHED_MAX];

        for (uint32_t i = 0; i < count; i++)
                __builtin_prefetch(row->found[numbers[i]]);
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = row->found[numbers[i]];

                masks[i] = a ? a->mask : k->masks[numbers[i]];
                if (!masks[i])
                        continue;
                sums[i] = a ? sum_beside(a->sum, differs & a->facets, row->versions, s) : sum_of(s, masks[i]);
                __builtin_prefetch(place_in(masks[i], sums[i]));
        }
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = masks[i] ? *place_in(masks[i], sums[i]) : NULL;

                if (!a)
                        continue;
                __builtin_prefetch(a);
                __builtin_prefetch((const char *)a + sizeof(*a)); /* what it shows lies behind it */
        }
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = masks[i] ? find_in(masks[i], s, sums[i]) : NULL;

                ret[numbers[i]] = a ? a : find_from(k->masks[numbers[i]], masks[i], s);
        }
}

/* Where the row shows what the machine does, what was found for it takes its place. */
static void renew(struct answers_row *row, const struct sight *s, const uint32_t *numbers, uint32_t n, uint32_t words,
                  const struct answer **found, facet_set other) {
        facet_set steady = sight_steady(row->versions, row->others, row->begun, s, other);

        row->begun = true;
        for (uint32_t i = 0; i < n; i++) {
                const struct answer *a = found[numbers[i]], *known = row->found[numbers[i]];

                if (a == known)
                        continue;
                if (a && !(a->facets & other & ~steady))
                        row_put(row, words, numbers[i], a);
                else if (known && known->facets & steady)
                        row_put(row, words, numbers[i], NULL);
        }
}

uint32_t answers_find_all(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count, const struct answer **ret) {
        struct answers_row *row = k->masks ? row_of(t, k, s, count) : NULL;
        const uint32_t words = words_of(count);
        uint32_t n = 0, unknown = 0;
        facet_set differs;

        if (!row) {
                memset(ret, 0, count * sizeof(*ret));
                return count;
        }
        differs = sight_differing(row->versions, s->versions) & compared;
        memcpy(ret, row->found, count * sizeof(*ret));
        for (uint32_t w = 0; w < words; w++)
                for (answers_bits left = gone(row, words, w, differs, s->revision); left; left &= left - 1) {
                        uint32_t i = w * BITS + (uint32_t)__builtin_ctzll(left);

                        if (i < count)
                                t->sought[n++] = i;
                }
        if (n == 0)
                return 0;
        for (uint32_t i = 0; i < n; i += FETCHED_MAX)
                find_these(k, row, differs, s, t->sought + i, n - i < FETCHED_MAX ? n - i : FETCHED_MAX, ret);
        renew(row, s, t->sought, n, words, ret, differs);
        if (++k->files % RECHOSEN == CHOSEN_FIRST)
                choose_common(k, row, count);
        for (uint32_t i = 0; i < n; i++)
                unknown += !ret[t->sought[i]];
        return unknown;
}

const struct facts_known *answers_facts(struct answers *t, struct answers_kind *k, const struct sight *s, const struct catalog *c) {
        if (!k->masks)
                return NULL;
        if (!t->rules.numbers)
                rules_keep(&t->rules, &t->arena, c);
        if (!k->facts)
                k->facts = facts_kept_new(&t->arena, c, &t->rules, &t->bytes);
        return facts_kept_for(k->facts, s);
}

void answers_learn(struct answers *t, struct answers_kind *k, const struct verdict *v) {
        if (k->facts)
                facts_kept_learn(k->facts, &t->arena, v, &t->bytes);
}

static void find_marks(struct arena *arena, struct answer *a) {
        const struct str mark = S(REVISION_MARK);
        uint32_t count = 0;
        uint32_t *marks;

        for (ptrdiff_t at = 0, n; (n = str_find(str_from(a->text, at), mark)) >= 0; at += n + mark.len)
                count++;
        if (count == 0)
                return;
        a->marks = marks = arena_array(arena, uint32_t, count);
        for (ptrdiff_t at = 0, n; a->mark_count < count && (n = str_find(str_from(a->text, at), mark)) >= 0; at += n + mark.len)
                marks[a->mark_count++] = (uint32_t)(at + n);
}

static void grow_mask(struct answers *t, struct answers_mask *m) {
        uint32_t size = m->size, larger = size ? size * 4 : 2;
        struct answer **table = m->table;

        m->table = arena_array(&t->arena, struct answer *, larger);
        m->size = larger;
        for (uint32_t i = 0; i < size; i++)
                for (struct answer *a = table[i], *next; a; a = next) {
                        struct answer **first;

                        next = a->next;
                        first = place_in(m, a->sum);
                        a->next = *first;
                        *first = a;
                }
        t->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*table);
}

static struct answers_mask *mask_of(struct answers *t, struct answers_kind *k, uint32_t number, facet_set facets) {
        struct answers_mask *m = k->masks[number];
        ptrdiff_t size = (ptrdiff_t)sizeof(*m);

        while (m && m->facets != facets)
                m = m->next;
        if (m)
                return m;
        for (facet_set left = facets & compared; left; left &= left - 1)
                size++;
        m = arena_alloc(&t->arena, 1, size);
        m->facets = facets;
        m->next = k->masks[number];
        k->masks[number] = m;
        for (facet_set left = facets & compared; left; left &= left - 1)
                m->sides[m->side_count++] = (uint8_t)facet_first(left);
        t->bytes += size;
        return m;
}

/* Among those that hang on the same sides. */
static void put(struct answers *t, struct answers_kind *k, uint32_t number, const struct sight *s, struct answer *a) {
        struct answers_mask *m = mask_of(t, k, number, a->facets);
        struct answer **place;

        if (m->count == m->size)
                grow_mask(t, m);
        m->count++;
        a->mask = m;
        a->sum = sum_of(s, m);
        place = place_in(m, a->sum);
        a->next = *place;
        *place = a;
}

static const struct answer *add_first(struct answers *t, struct answers_kind *k, uint32_t number, const struct sight *s,
                                      const struct answer *fresh) {
        struct answer *a = &k->first->answers[number];

        /* This side is known when the machine is described. */
        k->first->shown.versions[facet_first(FACET_CONTRADICTED)] = s->versions[facet_first(FACET_CONTRADICTED)];
        *a = *fresh;
        a->text = str_dup(&t->first, fresh->text);
        t->first_bytes += a->text.len;
        if (s->revision)
                find_marks(&t->first, a);
        return a;
}

const struct answer *answers_add(struct answers *t, struct pieces *p, struct answers_kind *k, uint32_t number, const struct sight *s,
                                 const struct answer *fresh) {
        const struct piece *kept;
        uint32_t versions[FACETS], *copy, n = 0;
        struct answer *a;

        if (k->first)
                return add_first(t, k, number, s, fresh);
        kept = pieces_keep(p, fresh->text);
        if (!kept)
                return NULL;
        for (facet_set left = fresh->facets & compared; left; left &= left - 1)
                versions[n++] = s->versions[facet_first(left)];
        a = arena_new(&t->arena, struct answer);
        *a = *fresh;
        a->mark_count = 0;
        a->text = kept->text; /* many machines are told the same */
        a->versions = copy = arena_array_raw(&t->arena, uint32_t, n);
        memcpy(copy, versions, n * sizeof(*copy));
        if (s->revision)
                find_marks(&t->arena, a);
        t->bytes += (ptrdiff_t)sizeof(*a) + (ptrdiff_t)(n + a->mark_count) * (ptrdiff_t)sizeof(*copy);
        put(t, k, number, s, a);
        return a;
}

const struct answer *answers_once(struct arena *arena, const struct sight *s, const struct answer *fresh) {
        struct answer *a = arena_new(arena, struct answer);

        *a = *fresh;
        a->text = str_dup(arena, fresh->text);
        if (s->revision)
                find_marks(arena, a);
        return a;
}

/* Of all that a machine shows, in no order that the processor must wait for. */
uint64_t answers_hash(const struct sight *s) {
        uint64_t h = s->revision * UINT64_C(0xc4ceb9fe1a85ec53), word;

        for (uint32_t i = 0; i < FACETS; i += 2) {
                memcpy(&word, s->versions + i, sizeof(word));
                h += (word ^ word >> 32) * (i * UINT64_C(0xff51afd7ed558ccd) + UINT64_C(0x9e3779b97f4a7c15));
        }
        return (h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15);
}

void answers_forget(struct answers *t) {
        arena_reset(&t->arena);
        arena_reset(&t->first);
        *t = (struct answers){ .arena = t->arena, .first = t->first, .numbers = t->numbers, .sought = t->sought };
}

void answers_free(struct answers *t) {
        arena_free(&t->arena);
        arena_free(&t->first);
}

ptrdiff_t answer_length(const struct answer *a, const struct sight *s) {
        return a->text.len + (ptrdiff_t)a->mark_count * (s->digit_count - MARK_LENGTH);
}

char *answer_write(const struct answer *a, const struct sight *s, char *to) {
        ptrdiff_t from = 0;

        for (uint32_t i = 0; i < a->mark_count; i++) {
                memcpy(to, a->text.p + from, (size_t)((ptrdiff_t)a->marks[i] - from));
                to += (ptrdiff_t)a->marks[i] - from;
                memcpy(to, s->digits, (size_t)s->digit_count);
                to += s->digit_count;
                from = (ptrdiff_t)a->marks[i] + MARK_LENGTH;
        }
        memcpy(to, a->text.p + from, (size_t)(a->text.len - from));
        return to + (a->text.len - from);
}
