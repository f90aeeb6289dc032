#include "fleet/bulk/answers_row.h"

#include "facts/facts.h"

enum { KINDS_FIRST = 64, FIRST_MAX = 8 << 20, STEPS_MAX = 64, MARK_LENGTH = sizeof(REVISION_MARK) - 1 };

/* Many are a quarter; which they are is looked at again from time to time. */
enum { MANY = 4, CHOSEN_FIRST = 8, RECHOSEN = 1024, FETCHED_MAX = 32, SIDES_MOST = 64 };

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

/* Only for the tables: what they find is compared. Of sides whose order does not matter: the processor works on several at once, and where
 * few differ, so do few parts of the sum. */
static uint64_t sum_of(const struct sight *s, const struct answers_mask *m) {
        uint64_t sum = 0;

        for (int i = 0; i < m->side_count; i++)
                sum += answers_part(s->versions[m->sides[i]], m->sides[i]);
        return sum;
}

/* The same for a machine that differs from another one, of which it is known, from these sides. */
static uint64_t sum_beside(uint64_t sum, facet_set differs, const uint32_t *versions, const struct sight *s) {
        for (facet_set left = differs; left; left &= left - 1) {
                int side = facet_first(left);

                sum += answers_part(s->versions[side], side) - answers_part(versions[side], side);
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
                for (facet_set left = row->found[i].answer ? row->found[i].answer->facets & ANSWERS_COMPARED : 0; left; left &= left - 1)
                        hanging[facet_first(left)]++;
        k->common = 0;
        for (int i = 0; i < FACETS; i++)
                if (hanging[i] > count / MANY)
                        k->common |= (facet_set)1 << i;
}

static struct answers_row *row_of(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count) {
        struct answers_row **row;
        uint64_t h = 0;

        for (facet_set left = k->common; left; left &= left - 1)
                h += answers_part(s->versions[facet_first(left)], facet_first(left));
        row = &k->rows[(h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (ANSWERS_ROWS - 1)];
        if (!*row)
                *row = answers_row_new(&t->arena, count, &t->bytes);
        return *row;
}

/* Of these numbers. What is looked at lies far apart: all of it is fetched at once, step by step, instead of one after the other. Most answers
 * hang on the same sides as the row's. */
static void find_these(const struct answers_kind *k, const struct answers_row *row, facet_set differs, const struct sight *s,
                       const uint32_t *numbers, uint32_t count, struct answer_seen *ret) {
        const struct answers_mask *masks[FETCHED_MAX];
        struct answer **places[FETCHED_MAX];
        uint64_t sums[FETCHED_MAX];

        for (uint32_t i = 0; i < count; i++)
                __builtin_prefetch(row->found[numbers[i]].answer);
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = row->found[numbers[i]].answer;

                masks[i] = a ? a->mask : k->masks[numbers[i]];
                answers_fetch(masks[i], (ptrdiff_t)sizeof(*masks[i]) + SIDES_MOST);
        }
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = row->found[numbers[i]].answer;

                if (!masks[i])
                        continue;
                sums[i] = a ? sum_beside(a->sum, differs & a->facets, row->base.versions, s) : sum_of(s, masks[i]);
                places[i] = place_in(masks[i], sums[i]);
                __builtin_prefetch(places[i]);
        }
        for (uint32_t i = 0; i < count; i++)
                if (masks[i] && *places[i]) /* what it shows lies behind it */
                        answers_fetch(*places[i], (ptrdiff_t)(sizeof(**places[i]) + masks[i]->side_count * sizeof(uint32_t)));
        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = masks[i] ? find_in(masks[i], s, sums[i]) : NULL;

                ret[numbers[i]] = answer_seen(a ? a : find_from(k->masks[numbers[i]], masks[i], s));
        }
}

uint32_t answers_find_all(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count, struct answer_seen *ret) {
        struct answers_row *row = k->masks ? row_of(t, k, s, count) : NULL;
        struct answers_sought *left = &t->sought;
        uint32_t unknown = 0;

        if (!row) {
                memset(ret, 0, count * sizeof(*ret));
                return count;
        }
        answers_row_find(row, s, count, left, ret);
        if (!left->any)
                return 0;
        for (uint32_t i = 0; i < left->count; i += FETCHED_MAX)
                find_these(k, row, left->differs, s, left->numbers + i, left->count - i < FETCHED_MAX ? left->count - i : FETCHED_MAX, ret);
        for (uint32_t i = 0; i < left->count; i++)
                unknown += !ret[left->numbers[i]].answer;
        answers_row_learn(row, &t->arena, s, count, left, ret, &t->bytes);
        if (++k->files % RECHOSEN == CHOSEN_FIRST)
                choose_common(k, row, count);
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
        for (facet_set left = facets & ANSWERS_COMPARED; left; left &= left - 1)
                size++;
        m = arena_alloc(&t->arena, 1, size);
        m->facets = facets;
        m->next = k->masks[number];
        k->masks[number] = m;
        for (facet_set left = facets & ANSWERS_COMPARED; left; left &= left - 1)
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
        for (facet_set left = fresh->facets & ANSWERS_COMPARED; left; left &= left - 1)
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

struct answer_seen answer_seen(const struct answer *a) {
        if (!a)
                return (struct answer_seen){ 0 };
        return (struct answer_seen){ .answer = a, .text = a->text.p, .length = (uint32_t)a->text.len, .status = a->status,
                                     .at_stake = a->at_stake, .marked = a->mark_count > 0, .contradicted = a->contradicted != NULL,
                                     .ranged = a->low > 0 || a->high < UINT64_MAX };
}

ptrdiff_t answer_length(const struct answer_seen *a, const struct sight *s) {
        return (ptrdiff_t)a->length + (a->marked ? (ptrdiff_t)a->answer->mark_count * (s->digit_count - MARK_LENGTH) : 0);
}

char *answer_write(const struct answer_seen *a, const struct sight *s, char *to) {
        uint32_t count = a->marked ? a->answer->mark_count : 0;
        ptrdiff_t from = 0;

        for (uint32_t i = 0; i < count; i++) {
                ptrdiff_t mark = (ptrdiff_t)a->answer->marks[i];

                memcpy(to, a->text + from, (size_t)(mark - from));
                to += mark - from;
                memcpy(to, s->digits, (size_t)s->digit_count);
                to += s->digit_count;
                from = mark + MARK_LENGTH;
        }
        memcpy(to, a->text + from, (size_t)((ptrdiff_t)a->length - from));
        return to + ((ptrdiff_t)a->length - from);
}
