#include "fleet/bulk/answers.h"

#include "facts/facts.h"

enum { KINDS_FIRST = 64, MET = 1 << 16, MARK_LENGTH = sizeof(REVISION_MARK) - 1 };

/* Everything hangs on the processor, so that it need not be compared; the revision is compared by its number. */
static const facet_set compared = FACETS_ALL;

/* ---- By the processor ---------------------------------------------------------------------------------------------------------- */

static struct answers_kind *place_of(struct answers_kind *kinds, uint32_t size, uint32_t processor) {
        uint32_t at = processor * UINT32_C(2654435761) >> 8 & (size - 1);

        while (kinds[at].masks && kinds[at].processor != processor)
                at = (at + 1) & (size - 1);
        return &kinds[at];
}

static void grow(struct answers *t) {
        uint32_t larger = t->size ? t->size * 2 : KINDS_FIRST;
        struct answers_kind *kinds = arena_array(&t->arena, struct answers_kind, larger);

        for (uint32_t i = 0; i < t->size; i++)
                if (t->kinds[i].masks)
                        *place_of(kinds, larger, t->kinds[i].processor) = t->kinds[i];
        t->kinds = kinds;
        t->size = larger;
        t->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*kinds);
}

struct answers_kind *answers_kind(struct answers *t, const struct sight *s) {
        struct answers_kind *k;

        if (2 * t->count >= t->size)
                grow(t);
        k = place_of(t->kinds, t->size, s->versions[0]);
        if (!k->masks) {
                k->processor = s->versions[0];
                k->masks = arena_array(&t->arena, struct answers_mask *, t->numbers);
                t->bytes += (ptrdiff_t)t->numbers * (ptrdiff_t)sizeof(*k->masks);
                t->count++;
        }
        return k;
}

/* ---- Answers ---------------------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint32_t version) {
        h = (h ^ version) * UINT64_C(0x9e3779b97f4a7c15);
        return h ^ h >> 29;
}

/* Only for the tables: what they find is compared. */
static uint32_t hash_of(const struct sight *s, const struct answers_mask *m) {
        uint64_t h = m->facets == FACETS_ALL ? s->revision : 0;

        for (int i = 0; i < m->side_count; i++)
                h = mix(h, s->versions[m->sides[i]]);
        return (uint32_t)(h >> 16);
}

static bool holds(const struct answer *a, const struct answers_mask *m, const struct sight *s) {
        if (m->facets == FACETS_ALL && s->revision != a->low)
                return false;
        for (int i = 0; i < m->side_count; i++)
                if (s->versions[m->sides[i]] != a->versions[i])
                        return false;
        return s->revision >= a->low && s->revision <= a->high;
}

struct answer *answers_find(const struct answers_kind *k, uint32_t number, const struct sight *s) {
        for (const struct answers_mask *m = k->masks[number]; m; m = m->next) {
                uint32_t hash;

                if (m->count == 0)
                        continue;
                hash = hash_of(s, m);

                for (struct answer *a = m->table[hash & (m->size - 1)]; a; a = a->next)
                        if (a->hash == hash && holds(a, m, s))
                                return a;
        }
        return NULL;
}

/* ---- All of one machine -------------------------------------------------------------------------------------------------------- */

/* The sides from which the two show something else. */
static facet_set differing(const uint32_t *a, const uint32_t *b) {
        uint64_t halves[2] = { 0 };

        for (int i = 0; i < FACETS; i++)
                halves[i >> 6] |= (uint64_t)(a[i] != b[i]) << (i & 63);
        return FACETS > 64 ? (facet_set)halves[1] << (FACETS / 2) | halves[0] : halves[0];
}

static struct answers_row *row_of(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count) {
        uint32_t release = s->versions[facet_first(FACET_RELEASE)];
        struct answers_row **row = &k->rows[release * UINT32_C(2654435761) >> 29];
        const ptrdiff_t size = (ptrdiff_t)(sizeof(**row) + count * sizeof(*(*row)->found));

        if (!*row) {
                *row = arena_alloc(&t->arena, 1, size);
                t->bytes += size;
        }
        return *row;
}

void answers_find_all(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count, const struct answer **ret) {
        struct answers_row *row = row_of(t, k, s, count);
        facet_set differs = differing(row->versions, s->versions) & compared;

        for (uint32_t i = 0; i < count; i++) {
                const struct answer *a = row->found[i];

                if (!a || a->facets & differs || s->revision < a->low || s->revision > a->high)
                        a = row->found[i] = answers_find(k, i, s);
                ret[i] = a;
        }
        memcpy(row->versions, s->versions, sizeof(row->versions));
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
        uint32_t larger = m->size ? m->size * 4 : 2;
        struct answer **table = arena_array(&t->arena, struct answer *, larger);

        for (uint32_t i = 0; i < m->size; i++)
                for (struct answer *a = m->table[i], *next; a; a = next) {
                        struct answer **first = &table[a->hash & (larger - 1)];

                        next = a->next;
                        a->next = *first;
                        *first = a;
                }
        m->table = table;
        m->size = larger;
        t->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*table);
}

static struct answers_mask *mask_of(struct answers *t, struct answers_kind *k, uint32_t number, facet_set facets) {
        struct answers_mask *m = k->masks[number];

        while (m && m->facets != facets)
                m = m->next;
        if (m)
                return m;
        m = arena_new(&t->arena, struct answers_mask);
        m->facets = facets;
        m->next = k->masks[number];
        k->masks[number] = m;
        for (facet_set left = facets & compared; left; left &= left - 1)
                m->sides[m->side_count++] = (uint8_t)facet_first(left);
        t->bytes += (ptrdiff_t)sizeof(*m);
        return m;
}

/* Among those that hang on the same sides. */
static void put(struct answers *t, struct answers_kind *k, uint32_t number, const struct sight *s, struct answer *a) {
        struct answers_mask *m = mask_of(t, k, number, a->facets);

        if (m->count == m->size)
                grow_mask(t, m);
        m->count++;
        a->hash = hash_of(s, m);
        a->next = m->table[a->hash & (m->size - 1)];
        m->table[a->hash & (m->size - 1)] = a;
}

const struct answer *answers_add(struct answers *t, struct pieces *p, struct answers_kind *k, uint32_t number, const struct sight *s,
                                 const struct answer *fresh) {
        const struct piece *kept = pieces_keep(p, fresh->text);
        uint32_t versions[FACETS], *copy, n = 0;
        struct answer *a;

        if (!kept)
                return NULL;
        for (facet_set left = fresh->facets & compared; left; left &= left - 1)
                versions[n++] = s->versions[facet_first(left)];
        a = arena_new(&t->arena, struct answer);
        *a = *fresh;
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

struct answer *answers_new(struct answers *t) {
        t->bytes += (ptrdiff_t)sizeof(struct answer);
        return arena_new(&t->arena, struct answer);
}

static struct answer *add_machine(struct answers *t, struct answers_kind *k, uint32_t number, const struct sight *s, uint8_t status) {
        struct answer *a = arena_new(&t->arena, struct answer);
        uint32_t *versions = arena_array_raw(&t->arena, uint32_t, FACETS), n = 0;

        for (facet_set left = FACETS_ALL; left; left &= left - 1)
                versions[n++] = s->versions[facet_first(left)];
        *a = (struct answer){ .facets = FACETS_ALL, .versions = versions, .low = s->revision, .high = s->revision, .status = status };
        t->bytes += (ptrdiff_t)(sizeof(*a) + sizeof(s->versions));
        put(t, k, number, s, a);
        return a;
}

void answers_meet_machine(struct answers *t, struct answers_kind *k, uint32_t number, const struct sight *s, struct str text, uint8_t status) {
        uint32_t hash = hash_of(s, mask_of(t, k, number, FACETS_ALL)) | 1, *met;

        if (!t->met) {
                t->met = arena_array(&t->arena, uint32_t, MET);
                t->bytes += (ptrdiff_t)MET * (ptrdiff_t)sizeof(*t->met);
        }
        met = &t->met[hash >> 8 & (MET - 1)];
        if (*met == hash)
                answers_keep_text(t, add_machine(t, k, number, s, status), text);
        *met = hash;
}

void answers_keep_text(struct answers *t, struct answer *a, struct str text) {
        a->text = str_dup(&t->arena, text);
        t->bytes += text.len;
}

void answers_forget(struct answers *t) {
        arena_reset(&t->arena);
        *t = (struct answers){ .arena = t->arena, .numbers = t->numbers };
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
