/* What is kept: texts and their numbers, and what numbers stand for one behind the other. */
#include "facts/facts.h"
#include "fleet/bulk/pieces.h"

enum { TABLE_FIRST = 1024, STEPS_MAX = 64, WAYS_MAX = 1 << 17, WAYS_MET = 1 << 14 };

static uint64_t mix(uint64_t h, uint64_t word) {
        h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
        return h ^ h >> 32;
}

static uint64_t word_at(const char *p) {
        uint64_t v;

        memcpy(&v, p, sizeof(v));
        return v;
}

/* Two words at a time: what one multiplication shifts out of its word, the other one's high bits bring back. */
static uint64_t mix_two(uint64_t h, uint64_t first, uint64_t second) {
        h = (h ^ first) * UINT64_C(0xff51afd7ed558ccd) + second * UINT64_C(0xc4ceb9fe1a85ec53);
        return h ^ h >> 32;
}

/* Only for the table: what it finds is compared byte for byte. Two lanes, which the processor works on side by side; the last words
 * overlap. */
uint64_t pieces_hash(struct str s) {
        uint64_t a = (uint64_t)s.len, b = 1, last = 0;
        ptrdiff_t i = 0;

        for (; i + 32 <= s.len; i += 32) {
                a = mix_two(a, word_at(s.p + i), word_at(s.p + i + 8));
                b = mix_two(b, word_at(s.p + i + 16), word_at(s.p + i + 24));
        }
        if (i + 16 <= s.len)
                a = mix_two(a, word_at(s.p + i), word_at(s.p + i + 8));
        if (s.len >= 16) {
                a = mix(a, word_at(s.p + s.len - 16));
                b = mix(b, word_at(s.p + s.len - 8));
        } else if (s.len >= 8) {
                a = mix(a, word_at(s.p));
                b = mix(b, word_at(s.p + s.len - 8));
        } else {
                for (i = 0; i < s.len; i++)
                        last = last << 8 | (unsigned char)s.p[i];
                a = mix(a, last);
        }
        return mix(a, b);
}

static void grow_table(struct pieces *p) {
        struct piece **old = p->table;
        uint32_t size = p->size, larger = size ? size * 2 : TABLE_FIRST;

        p->table = arena_array(&p->arena, struct piece *, larger);
        p->size = larger;
        p->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*old);
        for (uint32_t i = 0; i < size; i++) {
                uint32_t at = old[i] ? (uint32_t)old[i]->hash & (larger - 1) : 0;

                while (old[i] && p->table[at])
                        at = (at + 1) & (larger - 1);
                if (old[i])
                        p->table[at] = old[i];
        }
}

/* Where the text stands, or would; NULL when texts were chosen that meet in one place. */
static struct piece **place(const struct pieces *p, struct str text, uint64_t hash) {
        uint32_t at = (uint32_t)hash & (p->size - 1);

        for (int steps = 0; steps < STEPS_MAX; steps++, at = (at + 1) & (p->size - 1))
                if (!p->table[at] || (p->table[at]->hash == hash && str_eq(p->table[at]->text, text)))
                        return &p->table[at];
        return NULL;
}

struct piece *pieces_keep(struct pieces *p, struct str text) {
        uint64_t hash = pieces_hash(text);
        struct piece **at, *found;

        if (2 * p->count >= p->size)
                grow_table(p);
        at = place(p, text, hash);
        if (!at || *at)
                return at ? *at : NULL;
        *at = found = arena_new(&p->arena, struct piece);
        found->text = str_dup(&p->arena, text);
        found->hash = hash;
        found->id = ++p->next;
        found->apart = str_find(text, S(REVISION_MARK)) >= 0;
        p->bytes += text.len + (ptrdiff_t)sizeof(*found);
        p->count++;
        return found;
}

struct piece *pieces_find(const struct pieces *p, struct str text) {
        struct piece **at = p->size > 0 ? place(p, text, pieces_hash(text)) : NULL;

        return at ? *at : NULL;
}

bool pieces_may_hold(const struct pieces *p, struct str text) {
        struct piece **at = place(p, text, pieces_hash(text));

        return !at || *at;
}

static struct way **way_place(struct way **ways, uint32_t size, uint64_t id) {
        uint32_t at = (uint32_t)(id >> 20) & (size - 1);

        for (int steps = 0; steps < STEPS_MAX; steps++, at = (at + 1) & (size - 1))
                if (!ways[at] || ways[at]->id == id)
                        return &ways[at];
        return NULL;
}

static void grow_ways(struct pieces *p) {
        uint32_t larger = p->way_size ? p->way_size * 2 : TABLE_FIRST;
        struct way **ways = arena_array(&p->arena, struct way *, larger);

        for (uint32_t i = 0; i < p->way_size; i++) {
                struct way **at = p->ways[i] ? way_place(ways, larger, p->ways[i]->id) : NULL;

                if (at)
                        *at = p->ways[i];
        }
        p->ways = ways;
        p->way_size = larger;
        p->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*ways);
}

/* NULL: there are too many. */
static struct way *make_way(struct pieces *p, uint64_t id, struct piece *raw) {
        struct way **at, *w;

        if (2 * p->way_count >= p->way_size && p->way_count < WAYS_MAX)
                grow_ways(p);
        at = way_place(p->ways, p->way_size, id);
        if (!at || *at || p->way_count == WAYS_MAX)
                return at && *at && (*at)->piece == raw ? *at : NULL;
        *at = w = arena_new(&p->arena, struct way);
        *w = (struct way){ .id = id, .piece = raw };
        p->bytes += (ptrdiff_t)sizeof(*w);
        p->way_count++;
        return w;
}

/* False when it is gone for the first time, or that was forgotten. */
static bool was_gone(struct pieces *p, uint64_t id) {
        uint64_t *met;
        bool ret;

        if (!p->met) {
                p->met = arena_array(&p->arena, uint64_t, WAYS_MET);
                p->bytes += (ptrdiff_t)WAYS_MET * (ptrdiff_t)sizeof(*p->met);
        }
        met = &p->met[id & (WAYS_MET - 1)];
        ret = *met == id;
        *met = id;
        return ret;
}

static struct stand lead(struct pieces *p, struct stand from, uint64_t id, struct piece *raw) {
        struct stand ret = { .id = id, .way = make_way(p, id, raw) };

        if (ret.way && from.way->next[0] != ret.way) {
                from.way->next[1] = from.way->next[0];
                from.way->next[0] = ret.way;
        }
        return ret;
}

struct stand pieces_way(struct pieces *p, struct stand from, struct piece *raw) {
        uint64_t id = mix(from.id, raw->id);

        return was_gone(p, id) && from.way ? lead(p, from, id, raw) : (struct stand){ .id = id };
}

void pieces_lead(struct pieces *p, struct stand from, struct piece *raw) {
        (void)lead(p, from, mix(from.id, raw->id), raw);
}

static uint32_t place_of(const struct piece_pair *pairs, uint32_t size, uint32_t a, uint32_t b) {
        uint32_t at = (uint32_t)(mix((uint64_t)a << 32 | b, 0) >> 20) & (size - 1), steps = 0;

        while (pairs[at].id && (pairs[at].a != a || pairs[at].b != b) && steps++ < STEPS_MAX)
                at = (at + 1) & (size - 1);
        return steps > STEPS_MAX ? size : at;
}

static bool grow_pairs(struct pieces *p) {
        uint32_t larger = p->pair_size ? p->pair_size * 2 : TABLE_FIRST;
        struct piece_pair *pairs = arena_array(&p->arena, struct piece_pair, larger);

        for (uint32_t i = 0; i < p->pair_size; i++) {
                uint32_t at = p->pairs[i].id ? place_of(pairs, larger, p->pairs[i].a, p->pairs[i].b) : 0;

                if (at == larger)
                        return false;
                if (p->pairs[i].id)
                        pairs[at] = p->pairs[i];
        }
        p->pairs = pairs;
        p->pair_size = larger;
        p->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*pairs);
        return true;
}

uint32_t pieces_behind(struct pieces *p, uint32_t first, uint32_t second) {
        uint32_t at;

        if (!first)
                return second;
        if (2 * p->pair_count >= p->pair_size && !grow_pairs(p))
                return 0;
        at = place_of(p->pairs, p->pair_size, first, second);
        if (at == p->pair_size)
                return 0;
        if (!p->pairs[at].id) {
                p->pairs[at] = (struct piece_pair){ .a = first, .b = second, .id = ++p->next };
                p->pair_count++;
        }
        return p->pairs[at].id;
}

void pieces_forget(struct pieces *p) {
        arena_reset(&p->arena);
        *p = (struct pieces){ .catalog = p->catalog, .arena = p->arena };
}

void pieces_free(struct pieces *p) {
        arena_free(&p->arena);
        *p = (struct pieces){ 0 };
}
