/* A file taken apart into its records. */
#include "evidence/places.h"
#include "fleet/bulk/pieces_parts.h"

/* ---- A file's records --------------------------------------------------------------------------------------------------------- */

static bool is_revision(struct str text) {
        struct str word, rest = str_from(text, 6);
        uint64_t number;

        (void)str_word(&rest, &word); /* the CPU */
        return str_word(&rest, &word) && str_hex_to_u64(word, &number) && number == MSR_REVISION;
}

/* One line that names the machine; comments may follow. */
static bool is_identity(struct str text) {
        struct str line, rest = text;

        if (!str_starts(text, S("-- identity ")) || !str_cut(&rest, '\n', &line) || str_trim(str_from(line, 12)).len == 0)
                return false;
        while (str_cut(&rest, '\n', &line))
                if (!str_starts(line, S("#")))
                        return false;
        return true;
}

static enum kind kind_of(struct str text, bool line) {
        switch (text.len > 3 ? text.p[3] : 0) {
        case 'i':
                return is_identity(text) ? CHUNK_IDENTITY : CHUNK_ORDINARY;
        case 'm':
                if (line && str_starts(text, S("-- meta captured ")))
                        return CHUNK_CAPTURED;
                return line && str_starts(text, S("-- msr ")) && is_revision(text) ? CHUNK_REVISION : CHUNK_ORDINARY;
        case 'u':
                return line && str_starts(text, S("-- uname ")) ? CHUNK_UNAME : CHUNK_ORDINARY;
        case 'c':
                return line && str_starts(text, S("-- cpuid ")) ? CHUNK_CPUID : CHUNK_ORDINARY;
        case 'f':
                if (str_starts(text, S("-- file " PLACE_CPUINFO "\n")))
                        return CHUNK_CPUINFO;
                return str_starts(text, S("-- file " PLACE_CMDLINE "\n")) ? CHUNK_LINE : CHUNK_ORDINARY;
        default:
                return CHUNK_ORDINARY;
        }
}

static struct chunk *add_chunk(struct sight *s, struct arena *a, struct str text, bool line) {
        struct chunk *c = arena_push(a, (void **)&s->chunks, &s->count, &s->capacity, (ptrdiff_t)sizeof(*c));

        c->text = text;
        c->line = line;
        c->kind = s->count == 1 ? CHUNK_HEAD : (uint8_t)kind_of(text, line);
        return c;
}

/* ---- What was seen behind the record before --------------------------------------------------------------------------------------- */

static bool ends_here(const char *at, const char *end) {
        return at == end || (end - at >= 4 && memcmp(at, "\n-- ", 4) == 0);
}

ptrdiff_t pieces_shown_length(const char *at, const char *end) {
        const char *from = at;

        while (at < end && ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f') || *at == 'x'))
                at++;
        return at == end || *at == '\n' ? at - from : 0;
}

/* The record's length, when it is the piece's but for its gaps; 0: it is not. */
static ptrdiff_t match_gaps(const struct piece *q, const char *at, const char *end, struct str *ret_shown) {
        const char *from = at;
        ptrdiff_t done = 0;

        for (uint32_t i = 0; i < q->gaps->count; i++) {
                ptrdiff_t n = (ptrdiff_t)q->gaps->at[i] - done;

                if (end - at < n || memcmp(at, q->raw.p + done, (size_t)n) != 0)
                        return 0;
                at += n;
                done += n + q->gaps->length;
                if (i == 0)
                        *ret_shown = str_n(at, pieces_shown_length(at, end));
                else if (end - at < ret_shown->len || memcmp(at, ret_shown->p, (size_t)ret_shown->len) != 0)
                        return 0;
                if (ret_shown->len == 0)
                        return 0;
                at += ret_shown->len;
        }
        if (end - at < q->raw.len - done || memcmp(at, q->raw.p + done, (size_t)(q->raw.len - done)) != 0)
                return 0;
        return at + (q->raw.len - done) - from;
}

ptrdiff_t pieces_match(const struct piece *q, const char *at, const char *end, struct str *ret_shown) {
        ptrdiff_t n = q->raw.len;

        if (q->gaps)
                n = match_gaps(q, at, end, ret_shown);
        else if (end - at < n || memcmp(at, q->raw.p, (size_t)n) != 0)
                return 0;
        return n > 0 && ends_here(at + n, end) ? n : 0;
}

/* The way on from `way`, or, where what lay there is left out or is another one, from behind that; NULL: the record is none of these. */
static struct way *guess(struct way *way, const char *at, const char *end, ptrdiff_t *ret_length, struct str *ret_shown) {
        for (int i = 0; i < 4; i++) {
                struct way *w = i < 2 ? way->next[i] : way->next[0] ? way->next[0]->next[i - 2] : NULL;

                if (w && (*ret_length = pieces_match(w->piece, at, end, ret_shown)) > 0) {
                        if (i == 1) {
                                way->next[1] = way->next[0];
                                way->next[0] = w;
                        }
                        return w;
                }
        }
        return NULL;
}

const char *pieces_end_of(const char *at, const char *end, bool *ret_line) {
        *ret_line = true;
        for (;;) {
                const char *newline = memchr(at, '\n', (size_t)(end - at));

                if (!newline)
                        return end;
                at = newline + 1;
                if (end - at >= 3 && memcmp(at, "-- ", 3) == 0)
                        return newline;
                *ret_line = false;
        }
}

static bool is_raw(const struct chunk *c) {
        return c->kind == CHUNK_ORDINARY || c->kind == CHUNK_HEAD || c->kind == CHUNK_CPUID;
}

/* How such a record stands in files, as a piece to be known by; NULL: there are too many ways to write it, or this is the first one. */
static struct piece *raw_of(struct pieces *p, const struct chunk *c, struct piece *kept) {
        struct piece *raw = kept;
        bool seen;

        if (!str_eq(kept->text, c->text)) {
                if (kept->spellings == SPELLINGS_MAX || !(raw = pieces_keep(p, c->text)))
                        return NULL;
                if (!raw->as)
                        kept->spellings++;
                raw->as = kept;
        }
        seen = raw->raw.len > 0;
        raw->raw = raw->text;
        raw->kind = c->kind;
        raw->line = c->line;
        return seen ? raw : NULL;
}

/* One more record of the file, known by the way that led there, or taken as it is. Gives where the next one stands. */
static struct stand add_record(struct pieces *p, struct sight *s, struct arena *a, struct stand stand, struct str rest) {
        const char *end = rest.p + rest.len;
        struct str shown = { 0 };
        struct piece *raw;
        struct chunk *c;
        ptrdiff_t n;
        bool line;
        struct way *on = s->apart || !stand.way ? NULL : guess(stand.way, rest.p, end, &n, &shown);

        if (on) {
                raw = on->piece;
                c = arena_push(a, (void **)&s->chunks, &s->count, &s->capacity, (ptrdiff_t)sizeof(*c));
                *c = (struct chunk){ .text = str_n(rest.p, n), .kind = raw->kind, .line = raw->line, .piece = raw->as ? raw->as : raw,
                                     .raw = raw->gaps ? NULL : raw, .gaps = raw->gaps, .shown = shown };
                return (struct stand){ .way = on, .id = on->id };
        }
        n = pieces_end_of(rest.p, end, &line) - rest.p;
        c = add_chunk(s, a, str_n(rest.p, n), line);
        c->stand = stand;
        if (!s->apart && is_raw(c))
                c->piece = c->kind == CHUNK_CPUID ? pieces_keep_cpuid(p, c->text) : pieces_keep(p, c->text);
        raw = c->raw = c->piece ? raw_of(p, c, c->piece) : NULL;
        return raw ? pieces_way(p, stand, raw) : stand;
}

void pieces_split(struct pieces *p, struct sight *s, struct arena *a, struct str text) {
        struct stand stand = { .way = &p->start };

        if (str_ends(text, S("\n")))
                text.len--;
        for (;;) {
                stand = add_record(p, s, a, stand, text);
                if (s->chunks[s->count - 1].text.len == text.len)
                        return;
                text = str_from(text, s->chunks[s->count - 1].text.len + 1);
        }
}
