/* What a file shows, from each side, by its pieces; and its records. */
#include "evidence/identity.h"
#include "evidence/kernel_line.h"
#include "evidence/places.h"
#include "fleet/bulk/pieces_parts.h"

static bool add_to(struct pieces *p, struct sight *s, int facet, uint32_t id) {
        s->versions[facet] = pieces_behind(p, s->versions[facet], id);
        return s->versions[facet] != 0;
}

static bool add_facets(struct pieces *p, struct sight *s, facet_set facets, uint32_t id) {
        bool good = true;

        for (facets &= ~FACET_REVISION; facets; facets &= facets - 1)
                good &= add_to(p, s, facet_first(facets), id);
        return good;
}

/* ---- The command line and the uname record: several sides each ----------------------------------------------------------------- */

enum { WORD = 16 };

/* So many bytes, none of which makes a line other than simple: compilers know vectors. `behind`: one stands in front of them. What is not
 * ASCII, or a tab, is looked at by itself. */
static bool are_simple(const char *p, bool behind) {
        typedef signed char bytes __attribute__((vector_size(WORD)));
        bytes v, before;
        uint64_t found[2];

        memcpy(&v, p, WORD);
        if (behind) {
                memcpy(&before, p - 1, WORD);
        } else {
                memcpy((char *)&before + 1, p, WORD - 1);
                before[0] = ' ';
        }
        v = (bytes)((v < ' ') | (v == '"') | ((v == '-') & (before == '-')));
        memcpy(found, &v, WORD);
        return !(found[0] | found[1]);
}

/* Words whose meaning hangs on nothing but their name and order: the rare line that is otherwise stands as a whole. */
static bool is_simple(struct str line) {
        ptrdiff_t i = 0;

        while (i + WORD <= line.len && are_simple(line.p + i, i > 0))
                i += WORD;
        for (; i < line.len; i++)
                if (line.p[i] == '"' || line.p[i] == '\xa0' || ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') ||
                    (line.p[i] == '-' && i > 0 && line.p[i - 1] == '-'))
                        return false;
        return !str_ends(str_trim(line), S(PLACE_CMDLINE_CUT)); /* of the others nothing is known to be absent then */
}

static struct str parameter(struct pieces *p, struct str name) {
        struct piece_text t = text_begin(p, "P", name.len);

        for (ptrdiff_t i = 0; i < name.len; i++)
                t.p[t.len++] = name.p[i] == '-' ? '_' : name.p[i];
        return str_n(t.p, t.len);
}

/* The place of those that begin so. */
static uint64_t *lengths_of(struct pieces *p, char begin) {
        return &p->parameter_lengths[begin == '-' ? '_' : (unsigned char)begin];
}

static uint64_t length_bit(ptrdiff_t length) {
        return UINT64_C(1) << (length < 63 ? length : 63);
}

/* Those that facts ask for: other words are not kept. */
static bool keep_parameters(struct pieces *p) {
        for (uint32_t i = 0; i < p->catalog->fact_count; i++) {
                struct str name = T(p->catalog->facts[i].text);
                uint32_t hash = PARAMETER_HASH;

                if (p->catalog->facts[i].kind != FACT_KIND_PARAMETER)
                        continue;
                if (!pieces_keep(p, parameter(p, name)))
                        return false;
                for (ptrdiff_t k = 0; k < name.len; k++)
                        hash = parameter_hash(hash, name.p[k]);
                p->parameter_bits[hash / 64 % (PARAMETER_BITS / 64)] |= UINT64_C(1) << hash % 64;
                *lengths_of(p, name.len ? name.p[0] : 0) |= length_bit(name.len);
        }
        return p->parameters = true;
}

/* `ret_hash`: of one that is, parameter_hash() of its name. Most words are none, and are told by their beginnings and lengths. */
static bool is_parameter(struct pieces *p, struct str name, uint32_t *ret_hash) {
        uint32_t hash = PARAMETER_HASH;

        if (name.len == 0 || !(*lengths_of(p, name.p[0]) & length_bit(name.len)))
                return false;
        for (ptrdiff_t i = 0; i < name.len; i++)
                hash = parameter_hash(hash, name.p[i]);
        *ret_hash = hash;
        return p->parameter_bits[hash / 64 % (PARAMETER_BITS / 64)] >> hash % 64 & 1 && pieces_may_hold(p, parameter(p, name));
}

/* `last`: the word before, of each side: what is said twice, one behind the other, shows the same as what is said once. */
static bool add_word(struct pieces *p, struct sight *s, struct str word, uint32_t hash, uint32_t *last) {
        struct piece_text t = text_begin(p, "w", word.len);
        int side = facet_first(facet_of_hash(hash));
        const struct piece *piece;

        text_put(&t, word);
        piece = text_keep(p, &t);
        s->apart |= !piece || piece->apart;
        if (piece && last[side] == piece->id)
                return true;
        last[side] = piece ? piece->id : 0;
        return piece && add_to(p, s, side, piece->id);
}

/* The first byte in front. */
static uint64_t eight_at(const char *p) {
        uint64_t ret;

        memcpy(&ret, p, sizeof(ret));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        ret = __builtin_bswap64(ret);
#endif
        return ret;
}

/* The first of eight bytes that is this one has its highest bit set, and none in front of it (Hacker's Delight, section 6-1). */
static uint64_t marked(uint64_t eight, char c) {
        const uint64_t ones = UINT64_C(0x0101010101010101);
        uint64_t v = eight ^ ones * (unsigned char)c;

        return (v - ones) & ~v & ones << 7;
}

/* Where the word goes no further, or, where `name`, its name does. */
static ptrdiff_t end_of_word(struct str line, ptrdiff_t i, bool name) {
        for (; i + 8 <= line.len; i += 8) {
                uint64_t v = eight_at(line.p + i), found = marked(v, ' ') | marked(v, '\t') | (name ? marked(v, '=') : 0);

                if (found)
                        return i + __builtin_ctzll(found) / 8;
        }
        while (i < line.len && line.p[i] != ' ' && line.p[i] != '\t' && !(name && line.p[i] == '='))
                i++;
        return i;
}

/* Of a line that is simple, split as kernel_word() does; its blanks are these two. */
static bool add_words(struct pieces *p, struct sight *s, struct str line) {
        uint32_t last[FACETS] = { 0 };

        for (ptrdiff_t i = 0, from, name;;) {
                uint32_t hash;

                while (i < line.len && (line.p[i] == ' ' || line.p[i] == '\t'))
                        i++;
                if (i == line.len)
                        return true;
                from = i;
                name = end_of_word(line, from + 1, true); /* one that begins it is part of the name */
                i = name < line.len && line.p[name] == '=' ? end_of_word(line, name, false) : name;
                if (is_parameter(p, str_sub(line, from, name - from), &hash) && !add_word(p, s, str_sub(line, from, i - from), hash, last))
                        return false;
        }
}

static bool add_line(struct pieces *p, struct sight *s, struct str line) {
        const struct piece *read;
        struct piece_text t;
        bool good;

        if (!p->parameters && !keep_parameters(p))
                return false;
        if (!p->line_read)
                p->line_read = pieces_keep(p, S("l"));
        good = p->line_read && add_to(p, s, facet_first(FACET_LINE), p->line_read->id);
        if (is_simple(line))
                return good && add_words(p, s, line);
        t = text_begin(p, "L", line.len);
        text_put(&t, line);
        read = text_keep(p, &t);
        s->apart |= !read || read->apart;
        return good && read && add_facets(p, s, FACETS_LINE_WORDS, read->id);
}

static bool add_uname(struct pieces *p, struct sight *s, struct str text) {
        struct str rest = str_from(text, 9), kernel = S(""), release = S("");
        const struct piece *one, *other;
        struct piece_text t;

        (void)str_word(&rest, &kernel);
        (void)str_word(&rest, &release);
        t = text_begin(p, "u", text.len);
        text_put(&t, kernel);
        text_put(&t, rest.len > 0 ? rest : S(" "));
        one = text_keep(p, &t);
        t = text_begin(p, "R", text.len);
        text_put(&t, release);
        other = text_keep(p, &t);
        s->apart |= !one || !other || one->apart || other->apart;
        return one && other && add_facets(p, s, FACET_SYSTEM, one->id) && add_facets(p, s, FACET_RELEASE, other->id);
}

/* ---- Two machines ------------------------------------------------------------------------------------------------------------------- */

enum { BLOCK = 8, STEADY = 5 };

/* Eight sides. */
static uint32_t differing_here(const uint32_t *a, const uint32_t *b) {
        uint32_t ret = 0;

        for (int i = 0; i < BLOCK; i++)
                ret |= (uint32_t)(a[i] != b[i]) << i;
        return ret;
}

facet_set sight_differing(const uint32_t *a, const uint32_t *b) {
        uint64_t halves[2] = { 0 }, x[BLOCK / 2], y[BLOCK / 2];

        for (int i = 0; i < FACETS; i += BLOCK) {
                memcpy(x, a + i, sizeof(x));
                memcpy(y, b + i, sizeof(y));
                if (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])) != 0)
                        halves[i / 64] |= (uint64_t)differing_here(a + i, b + i) << i % 64;
        }
        return (facet_set)halves[1] << FACETS / 2 | halves[0];
}

facet_set sight_steady(struct sight_base *b, const struct sight *s, facet_set other) {
        facet_set ret = 0;

        if (b->count++ == 0) {
                memcpy(b->versions, s->versions, sizeof(s->versions));
                return other;
        }
        for (facet_set left = other; left; left &= left - 1) {
                int side = facet_first(left);
                bool again = b->others[side] == s->versions[side] && b->last[side] + 1 == b->count;

                b->runs[side] = again ? (uint8_t)(b->runs[side] + 1) : 0;
                b->others[side] = s->versions[side];
                b->last[side] = b->count;
                if (b->runs[side] < STEADY)
                        continue;
                b->runs[side] = 0;
                b->versions[side] = s->versions[side];
                ret |= left & -left;
        }
        return ret;
}

/* ---- What is learnt of a record ------------------------------------------------------------------------------------------------- */

static void learn_name(struct pieces *p, struct piece *piece, const struct record *r) {
        uint32_t numbers[] = { (uint32_t)r->kind, r->cpu, r->leaf, r->subleaf };
        struct piece_text t = text_begin(p, "n", (ptrdiff_t)sizeof(numbers) + r->key.len);
        const struct piece *name;

        text_put(&t, str_n((const char *)numbers, (ptrdiff_t)sizeof(numbers)));
        text_put(&t, r->key);
        for (ptrdiff_t i = t.len - r->key.len; r->kind == RECORD_REGISTRY && i < t.len; i++)
                if (t.p[i] >= 'A' && t.p[i] <= 'Z')
                        t.p[i] = (char)(t.p[i] - 'A' + 'a');
        name = text_keep(p, &t);
        piece->name = name ? name->id : 0;
        piece->apart |= !name;
}

static void learn_record(struct pieces *p, struct piece *piece, const struct record *r) {
        piece->known = true;
        piece->state = (uint8_t)r->state;
        piece->tells = !identity_is_record(r->kind);
        if (r->kind != RECORD_IDENTITY && r->kind != RECORD_EXPECT)
                piece->facets = evidence_facet(r->kind, r->key, r->leaf);
        if ((r->kind == RECORD_FILE || r->kind == RECORD_REGISTRY) && !(piece->facets & (FACET_PROCESSOR | FACET_UNSHARED)))
                piece->asked = evidence_name(r->kind, r->key, r->leaf);
        if (r->kind == RECORD_FILE && str_eq(r->key, S(PLACE_CMDLINE)))
                piece->facets = FACET_LINE | FACETS_LINE_WORDS;
        if (!evidence_may_repeat(r->kind))
                learn_name(p, piece, r);
}

static bool is_captured(const struct record *r) {
        return r->kind == RECORD_META && str_eq(r->key, S("captured"));
}

/* A name or a day that stands where neither is looked for without parsing, and what the machine's notes tell of by its mere being there. */
static bool is_unusual(const struct chunk *c, const struct record *r) {
        return r->kind == RECORD_OTHER || (r->kind == RECORD_IDENTITY && c->kind != CHUNK_IDENTITY) || (is_captured(r) && c->kind != CHUNK_CAPTURED);
}

void pieces_learn(struct pieces *p, struct sight *s, const struct evidence *e) {
        s->apart |= e->count + 1 != s->count;
        for (ptrdiff_t i = 0; i < s->count && !s->apart; i++) {
                struct piece *piece = s->chunks[i].piece;

                if (!piece || piece->known)
                        continue;
                if (i == 0)
                        piece->known = true;
                else
                        learn_record(p, piece, &e->items[i - 1]);
                if (i > 0 && is_unusual(&s->chunks[i], &e->items[i - 1]))
                        piece->apart = true;
                s->apart |= piece->apart;
        }
}

/* False when a record of that name was seen in this file before. */
static bool is_first(struct pieces *p, uint32_t name) {
        if (name >= p->seen_size) {
                uint32_t larger = 2 * (name + 512);
                uint32_t *seen = arena_array(&p->arena, uint32_t, larger);

                if (p->seen_size)
                        memcpy(seen, p->seen, p->seen_size * sizeof(*seen));
                p->seen = seen;
                p->seen_size = larger;
                p->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*seen);
        }
        if (name && p->seen[name] == p->file)
                return false;
        p->seen[name] = p->file;
        return true;
}

static bool is_asked(const struct pieces *p, const struct piece *q) {
        return !q->asked || names_have(&p->names, q->asked);
}

static bool add_file(struct pieces *p, struct sight *s, const struct chunk *c, uint32_t line_name) {
        if (c->kind == CHUNK_LINE)
                return is_first(p, line_name) && add_line(p, s, str_from(c->text, (ptrdiff_t)sizeof("-- file " PLACE_CMDLINE)));
        if (c->kind == CHUNK_UNAME)
                return add_uname(p, s, c->text);
        /* What shows the revision in a way of its own does not show it open. */
        if (c->kind == CHUNK_ORDINARY && s->revision && c->piece->facets & FACET_REVISION)
                return false;
        if (!c->piece)
                return true;
        return is_first(p, c->piece->name) && (!is_asked(p, c->piece) || add_facets(p, s, c->piece->facets, c->piece->id));
}

static uint32_t number_of_states(const uint32_t *states) {
        return 1 + states[FACT_DENIED] + (states[FACT_FAILED] << 16);
}

/* What the form shows, worked out anew where a name was looked for since. False when too many meet in one place. */
static bool show_form(struct pieces *p, struct form *f) {
        uint32_t states[FACT_FAILED + 1] = { 0 };
        struct sight shown = { 0 };
        bool good = true;

        if (f->names == p->names.count + 1)
                return true;
        for (ptrdiff_t i = 0; i < f->count && good; i++) {
                struct form_record *r = &f->records[i];

                if (!r->piece)
                        continue;
                r->shows = is_asked(p, r->piece);
                good = !r->shows || add_facets(p, &shown, r->piece->facets, r->piece->id);
                f->tells |= r->piece->tells;
                f->revised |= (r->piece->facets & FACET_REVISION) != 0;
                states[r->piece->state]++;
        }
        memcpy(f->versions, shown.versions, sizeof(f->versions));
        f->versions[facet_first(FACET_STATES)] = number_of_states(states);
        f->names = good ? p->names.count + 1 : 0;
        return good;
}

/* The names of its records are others whatever the open ones hold. */
static bool compare_form(struct pieces *p, struct sight *s) {
        bool good = show_form(p, s->form) && !(s->revision && s->form->revised), tells = s->form->tells;

        memcpy(s->versions, s->form->versions, sizeof(s->versions));
        for (ptrdiff_t i = 0; i < s->count && good; i++) {
                struct chunk *c = &s->chunks[i];

                c->shows = true;
                if (c->kind == CHUNK_LINE)
                        good = add_line(p, s, str_from(c->text, (ptrdiff_t)sizeof("-- file " PLACE_CMDLINE)));
                else if (c->kind == CHUNK_UNAME)
                        good = add_uname(p, s, c->text);
                else
                        good = !c->piece || add_facets(p, s, c->piece->facets, c->piece->id);
                tells |= c->kind == CHUNK_UNAME || c->kind == CHUNK_LINE || (c->piece && c->piece->tells);
        }
        return good && tells && !s->apart;
}

/* One record of those that are the same in files of one form, or of the others. */
static bool compare_chunks(struct pieces *p, struct sight *s, bool open, uint32_t *states, bool *tells) {
        for (ptrdiff_t i = 0; i < s->count; i++) {
                struct chunk *c = &s->chunks[i];

                if (forms_is_open(c) != open)
                        continue;
                if (!add_file(p, s, c, p->line_name))
                        return false;
                c->shows = c->piece && is_asked(p, c->piece);
                *tells |= c->kind == CHUNK_UNAME || c->kind == CHUNK_LINE || (c->piece && c->piece->tells);
                states[c->piece ? c->piece->state : FACT_KNOWN]++;
        }
        return true;
}

bool pieces_compare(struct pieces *p, struct sight *s) {
        uint32_t states[FACT_FAILED + 1] = { 0 };
        bool tells = false, good;

        if (!p->line_name) {
                struct piece line = { 0 };

                learn_name(p, &line, &(struct record){ .kind = RECORD_FILE, .key = S(PLACE_CMDLINE) });
                p->line_name = line.name;
        }
        p->file++;
        p->names.grown = false;
        if (s->form)
                return compare_form(p, s);
        /* In this order, whatever the file's: so that what a form shows is the same in each of its files. Records have names, and nothing
         * hangs on the order of one that may be open among those that may not. */
        good = !s->apart && compare_chunks(p, s, false, states, &tells) && compare_chunks(p, s, true, states, &tells);
        s->versions[facet_first(FACET_STATES)] = number_of_states(states);
        if (!good || !tells || s->apart || s->count >= UINT16_MAX)
                return false;
        forms_meet(p, s);
        return true;
}

bool pieces_missed(struct pieces *p, const struct sight *s) {
        if (!p->names.grown)
                return false;
        for (ptrdiff_t i = 0; s->form && i < s->form->count; i++)
                if (s->form->records[i].piece && !s->form->records[i].shows && is_asked(p, s->form->records[i].piece))
                        return true;
        for (ptrdiff_t i = 0; i < s->count; i++)
                if (s->chunks[i].piece && !s->chunks[i].shows && is_asked(p, s->chunks[i].piece))
                        return true;
        return false;
}

/* ---- Its records ------------------------------------------------------------------------------------------------------------------ */

/* The same part of the text that is kept; `ret_inside`: it is one. */
static struct str moved(struct str part, const struct chunk *c, bool *ret_inside) {
        if (part.len == 0)
                return (struct str){ .p = part.p ? "" : NULL };
        if (part.p < c->text.p || part.p + part.len > c->text.p + c->text.len) {
                *ret_inside = false;
                return part;
        }
        return str_n(c->raw->raw.p + (part.p - c->text.p), part.len);
}

static void learn_parsed(struct pieces *p, const struct chunk *c, const struct record *r) {
        struct record *copy;
        bool inside = true;
        struct str key = moved(r->key, c, &inside), text = moved(r->text, c, &inside);

        if (!inside)
                return;
        copy = arena_new(&p->arena, struct record);
        *copy = *r;
        copy->key = key;
        copy->text = text;
        p->bytes += (ptrdiff_t)sizeof(*copy);
        c->raw->record = copy;
}

/* The form's records, with places for the open ones. False when a record is not what it seems. */
static bool make_evidence(struct pieces *p, struct form *f) {
        struct evidence *e = &f->evidence;
        struct diag none = { 0 };

        evidence_init(e, &p->arena, S(""));
        for (ptrdiff_t i = 1; i < f->count; i++) {
                if (!f->records[i].piece)
                        (void)arena_append(&p->arena, e);
                else if (evidence_parse_record(e, f->records[i].text, &none) < 0 || e->count != i)
                        return false;
        }
        p->bytes += e->capacity * (ptrdiff_t)sizeof(*e->items) + 4 * e->count * (ptrdiff_t)sizeof(*e->index);
        return true;
}

/* Those of the file at hand take their places. */
static bool put_open(struct sight *s, struct evidence *e, struct arena *a) {
        const char *end = s->text.p + s->text.len;
        const struct form *f = s->form;
        struct diag none = { 0 };
        struct evidence open;
        ptrdiff_t k = 0;

        evidence_init(&open, a, S(""));
        for (ptrdiff_t i = 1; i < f->count; i++) {
                const struct chunk *c = &s->chunks[k];

                if (f->records[i].piece)
                        continue;
                if (k == s->count ||
                    evidence_parse_record(&open, str_n(c->text.p, c->text.len + (c->text.p + c->text.len < end)), &none) < 0 ||
                    open.count != ++k)
                        return false;
                e->items[i - 1] = open.items[k - 1];
        }
        return k == s->count;
}

/* Names stay as they are whatever the open records hold: the table is made once. */
static bool form_evidence(struct pieces *p, struct sight *s, struct evidence *ret, struct arena *a, struct str source) {
        struct form *f = s->form;
        const struct record *first;
        bool made = f->evidence.count > 0;

        if (f->odd || (!made && !make_evidence(p, f)) || !put_open(s, &f->evidence, a) || (!made && evidence_repeated(&f->evidence, &first))) {
                f->odd = true;
                return false;
        }
        *ret = f->evidence;
        ret->arena = a;
        ret->source = source;
        return true;
}

bool pieces_evidence(struct pieces *p, struct sight *s, struct evidence *ret, struct arena *a, struct str source) {
        const struct piece *head;
        const char *end = s->text.p + s->text.len;
        const struct record *first;
        struct diag none = { 0 };

        if (s->apart)
                return false;
        if (s->form)
                return form_evidence(p, s, ret, a, source);
        head = s->chunks[0].piece;
        if (!head || !head->known)
                return false;
        evidence_init(ret, a, source);
        for (ptrdiff_t i = 1; i < s->count; i++) {
                const struct chunk *c = &s->chunks[i];
                ptrdiff_t before = ret->count;

                if (c->raw && c->raw->record) {
                        *(struct record *)arena_append(a, ret) = *c->raw->record;
                        continue;
                }
                if (evidence_parse_record(ret, str_n(c->text.p, c->text.len + (c->text.p + c->text.len < end)), &none) < 0)
                        return false;
                if (c->raw && ret->count == before + 1)
                        learn_parsed(p, c, &ret->items[before]);
        }
        return !evidence_repeated(ret, &first);
}
