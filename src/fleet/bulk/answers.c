#include "fleet/bulk/answers.h"

#include "facts/facts.h"

enum { KINDS_FIRST = 64, KINDS_MAX = 1 << 16, CHAIN_MAX = 64, MARK_LENGTH = sizeof(REVISION_MARK) - 1 };

/* Everything hangs on the processor, so that it need not be compared; the revision is compared by its number. */
static const facet_set compared = FACETS_ALL;

/* ---- By the processor ---------------------------------------------------------------------------------------------------------- */

static struct answers_kind *place_of(struct answers_kind *kinds, uint32_t size, uint32_t processor) {
        uint32_t at = processor * UINT32_C(2654435761) >> 8 & (size - 1);

        while (kinds[at].first && kinds[at].processor != processor)
                at = (at + 1) & (size - 1);
        return &kinds[at];
}

static void grow(struct answers *t) {
        uint32_t larger = t->size ? t->size * 2 : KINDS_FIRST;
        struct answers_kind *kinds = arena_array(&t->arena, struct answers_kind, larger);

        for (uint32_t i = 0; i < t->size; i++)
                if (t->kinds[i].first)
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
        if (!k->first) {
                k->processor = s->versions[0];
                k->first = arena_array(&t->arena, struct answer *, t->numbers);
                t->bytes += (ptrdiff_t)t->numbers * (ptrdiff_t)sizeof(*k->first);
                t->count++;
        }
        return k;
}

/* ---- Answers ---------------------------------------------------------------------------------------------------------------------- */

static bool holds(const struct answer *a, const struct sight *s) {
        const uint32_t *version = a->versions;

        if (a->facets == FACETS_ALL)
                return s->revision == a->low && memcmp(s->versions, version, sizeof(s->versions)) == 0;
        for (facet_set left = a->facets & compared; left; left &= left - 1)
                if (s->versions[facet_first(left)] != *version++)
                        return false;
        return s->revision >= a->low && s->revision <= a->high;
}

/* What was asked for last comes first. */
struct answer *answers_find(const struct answers_kind *k, uint32_t number, const struct sight *s) {
        for (struct answer **at = &k->first[number], *a; (a = *at) != NULL; at = &a->next)
                if (holds(a, s)) {
                        *at = a->next;
                        a->next = k->first[number];
                        k->first[number] = a;
                        return a;
                }
        return NULL;
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

/* The one that was not asked for for the longest time goes where there are too many. */
static void shorten(struct answers_kind *k, uint32_t number) {
        struct answer *a = k->first[number];

        for (int i = 0; a && i < CHAIN_MAX; i++)
                a = a->next;
        if (a)
                a->next = NULL;
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
        a->next = k->first[number];
        k->first[number] = a;
        shorten(k, number);
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

void answers_add_machine(struct answers *t, struct answers_kind *k, uint32_t number, const struct sight *s, uint8_t status) {
        struct answer *a = arena_new(&t->arena, struct answer);
        uint32_t *versions = arena_array_raw(&t->arena, uint32_t, FACETS);

        memcpy(versions, s->versions, sizeof(s->versions));
        *a = (struct answer){ .facets = FACETS_ALL, .versions = versions, .low = s->revision, .high = s->revision, .status = status };
        t->bytes += (ptrdiff_t)(sizeof(*a) + sizeof(s->versions));
        a->next = k->first[number];
        k->first[number] = a;
        shorten(k, number);
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
