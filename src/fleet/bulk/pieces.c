#include "fleet/bulk/pieces.h"

#include "base/date.h"
#include "evidence/identity.h"
#include "evidence/kernel_line.h"
#include "evidence/places.h"

/* Beside ordinary records: those of which a part is left out, or stands for itself. What is kept of them begins with a letter of its
 * own, which no record begins with. */
enum kind { CHUNK_HEAD, CHUNK_ORDINARY, CHUNK_IDENTITY, CHUNK_CAPTURED, CHUNK_UNAME, CHUNK_CPUINFO, CHUNK_LINE, CHUNK_CPUID, CHUNK_REVISION };

/* ---- A file's records --------------------------------------------------------------------------------------------------------- */

static bool is_revision(struct str text) {
        struct str word, rest = str_from(text, 6);
        uint64_t number;

        (void)str_word(&rest, &word); /* the CPU */
        return str_word(&rest, &word) && str_hex_to_u64(word, &number) && number == MSR_REVISION;
}

static enum kind kind_of(struct str text, bool line) {
        switch (text.len > 3 ? text.p[3] : 0) {
        case 'i':
                return line && str_starts(text, S("-- identity ")) && str_trim(str_from(text, 12)).len > 0 ? CHUNK_IDENTITY : CHUNK_ORDINARY;
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

static void add_chunk(struct sight *s, struct arena *a, struct str text, bool line) {
        struct chunk *c = arena_push(a, (void **)&s->chunks, &s->count, &s->capacity, (ptrdiff_t)sizeof(*c));

        *c = (struct chunk){ .text = text, .line = line, .kind = s->count == 1 ? CHUNK_HEAD : (uint8_t)kind_of(text, line) };
}

/* Each begins with "-- " and ends before the line end in front of the next one; one line end at the end of the text counts as such. */
static void split(struct sight *s, struct arena *a, struct str text) {
        const char *start = text.p, *at = text.p, *end = text.p + text.len - str_ends(text, S("\n"));
        bool line = true;

        while (at < end) {
                const char *newline = memchr(at, '\n', (size_t)(end - at));

                if (!newline)
                        break;
                at = newline + 1;
                if (end - at >= 3 && memcmp(at, "-- ", 3) == 0) {
                        add_chunk(s, a, str_n(start, newline - start), line);
                        start = at;
                        line = true;
                } else {
                        line = false;
                }
        }
        add_chunk(s, a, str_n(start, end - start), line);
}

/* ---- The microcode's revision -------------------------------------------------------------------------------------------------- */

struct revision {
        struct str shown;  /* in /proc/cpuinfo, by all CPUs */
        uint64_t number;   /* what that is; 0: none was shown */
        uint64_t value;    /* of the register of all CPUs */
        bool read;         /* the register was */
        bool odd;          /* they differ, or are not written as usual */
};

static void look_at_shown(struct revision *r, struct str line) {
        ptrdiff_t colon = str_find_char(line, ':');
        struct str value = str_trim(str_from(line, colon + 1));

        if (colon < 0 || !str_eq(str_trim(str_sub(line, 0, colon)), S("microcode")))
                return;
        if (r->shown.p) {
                r->odd |= !str_eq(r->shown, value);
                return;
        }
        r->shown = value;
        r->odd |= !str_to_u64(value, &r->number);
}

static void look_at_cpuinfo(struct revision *r, struct str text) {
        struct str line;

        while (str_cut(&text, '\n', &line)) {
                if (line.len == 0)
                        continue;
                if (line.p[0] == 'm')
                        look_at_shown(r, line);
                else
                        r->odd |= (unsigned char)line.p[0] <= ' ' && str_find(line, S("microcode")) >= 0;
        }
}

/* The third word behind "-- msr", as a number; `ret_usual`: sixteen digits, and nothing behind them. */
static bool register_value(struct str text, uint64_t *ret, bool *ret_usual) {
        struct str word = { 0 }, rest = str_from(text, 6);

        for (int i = 0; i < 3; i++)
                (void)str_word(&rest, &word);
        *ret_usual = word.len == 16 && rest.len == 0;
        return str_hex_to_u64(word, ret);
}

static void look_at_register(struct revision *r, struct str text) {
        uint64_t value;
        bool usual;

        if (!register_value(text, &value, &usual))
                return;
        r->odd |= !usual || (r->read && r->value != value);
        r->read = true;
        r->value = value;
}

/* In which half of the register it stands; X where the register tells another than is shown, however it is read; 0 where that hangs on
 * who reads it. */
static char half_of(const struct revision *r) {
        uint64_t high = r->value >> 32, low = r->value & UINT32_MAX;

        if (r->shown.p && r->number != high && r->number != low)
                return 'X';
        if (low == 0 && high > 0 && (!r->shown.p || r->number == high))
                return 'I';
        return high == 0 && low > 0 && (!r->shown.p || r->number == low) ? 'A' : 0;
}

/* Where everything shows one revision, and it is a likely one, it stands open. */
static uint64_t open_revision(const struct revision *r) {
        uint64_t n = r->shown.p ? r->number : r->value >> 32 ? r->value >> 32 : r->value;

        if (r->odd || (!r->shown.p && !r->read) || (r->read && !half_of(r)))
                return 0;
        if (n < 16 || n >= UINT32_MAX)
                return r->read && half_of(r) == 'X' ? REVISION_CONTRADICTED : 0;
        return n;
}

static char find_revision(struct sight *s) {
        struct revision r = { 0 };
        int digits = 0;

        for (ptrdiff_t i = 1; i < s->count; i++) {
                if (s->chunks[i].kind == CHUNK_CPUINFO)
                        look_at_cpuinfo(&r, s->chunks[i].text);
                else if (s->chunks[i].kind == CHUNK_REVISION)
                        look_at_register(&r, s->chunks[i].text);
        }
        s->revision = open_revision(&r);
        while (digits < 16 && s->revision >> (4 * digits))
                digits++;
        memcpy(s->digits, "0x", 2);
        for (int i = 0; i < digits; i++)
                s->digits[2 + i] = "0123456789abcdef"[s->revision >> (4 * (digits - 1 - i)) & 15];
        s->digit_count = 2 + digits;
        s->inexact = (r.read && half_of(&r) == 'X') || (r.shown.p && !str_eq(r.shown, str_n(s->digits, s->digit_count)));
        return s->revision && r.read ? half_of(&r) : 0;
}

/* ---- What is kept of a record ------------------------------------------------------------------------------------------------ */

struct text {
        char *p;
        ptrdiff_t len;
};

static void put(struct text *t, struct str s) {
        if (s.len > 0)
                memcpy(t->p + t->len, s.p, (size_t)s.len);
        t->len += s.len;
}

static struct text begin(struct pieces *p, const char *letter, ptrdiff_t room) {
        if (p->text_size < room + 2) {
                p->text_size = 2 * (room + 2);
                p->text = arena_bytes(&p->arena, p->text_size);
                p->bytes += p->text_size;
        }
        p->text[0] = *letter;
        return (struct text){ .p = p->text, .len = 1 };
}

static struct piece *keep_text(struct pieces *p, const struct text *t) {
        return pieces_keep(p, str_n(t->p, t->len));
}

/* Lines that begin so are all that identity_in_cpuinfo may know. */
static bool may_name(char c) {
        return (unsigned char)c <= ' ' || c == 'c' || c == 'b' || c == 'B' || c == 't' || c == 'a' || c == 'i' || c == 'S' || c == 's' || c == 'p';
}

static struct piece *keep_cpuinfo(struct pieces *p, struct str text, bool open) {
        struct text t = begin(p, open ? "m" : "r", text.len + 1);
        struct str line;

        while (str_cut(&text, '\n', &line)) {
                if (open && str_starts(line, S("microcode")) && str_eq(str_trim(str_sub(line, 0, str_find_char(line, ':'))), S("microcode")))
                        put(&t, S("microcode"));
                else if (line.len > 0 && may_name(line.p[0]))
                        t.len += identity_cut_cpuinfo(t.p + t.len, line);
                else
                        put(&t, line);
                put(&t, S("\n"));
        }
        return keep_text(p, &t);
}

/* The register's value is left out where it stands open, all but the half in which it stands. */
static struct piece *keep_register(struct pieces *p, struct str text, char half) {
        struct text t = begin(p, "m", text.len + 1);
        uint64_t value;
        bool usual;

        if (!half || !register_value(text, &value, &usual))
                return pieces_keep(p, text);
        put(&t, str_sub(text, 0, text.len - 16));
        put(&t, str_n(&half, 1));
        return keep_text(p, &t);
}

/* Of a word of eight hexadecimal digits, those of which the mask has no bit become 0. */
static void put_masked(struct text *t, struct str word, uint32_t mask) {
        uint64_t number;

        put(t, S(" "));
        put(t, word);
        for (ptrdiff_t i = 0; word.len == 8 && str_hex_to_u64(word, &number) && i < 8; i++)
                if (!(mask >> (28 - 4 * i) & 15))
                        t->p[t->len - 8 + i] = '0';
}

/* Without APIC ids and the like: no leaf that ends in another digit has any. */
static struct piece *keep_cpuid(struct pieces *p, struct str text) {
        struct str word, rest = text, leaf = S("");
        ptrdiff_t dot = str_find_char(text, '.');
        uint64_t number, subleaf;
        bool whole = true;
        struct text t;

        if (dot > 0 && str_find_char(S("024567890acd"), text.p[dot - 1]) >= 0)
                return pieces_keep(p, text);
        for (int i = 0; i < 4; i++) /* "--", "cpuid", CPU, LEAF.SUBLEAF */
                (void)str_word(&rest, &leaf);
        if (!str_cut(&leaf, '.', &word) || !str_hex_to_u64(word, &number) || !str_hex_to_u64(leaf, &subleaf) || number > UINT32_MAX ||
            subleaf > UINT32_MAX)
                return pieces_keep(p, text);
        for (unsigned i = 0; i < 4; i++)
                whole = whole && identity_cpuid_mask((uint32_t)number, (uint32_t)subleaf, i) == UINT32_MAX;
        if (whole)
                return pieces_keep(p, text);
        t = begin(p, "c", text.len + 4);
        put(&t, str_n(text.p, rest.p - text.p));
        for (unsigned i = 0; i < 4 && str_word(&rest, &word); i++)
                put_masked(&t, word, identity_cpuid_mask((uint32_t)number, (uint32_t)subleaf, i));
        put(&t, rest);
        return keep_text(p, &t);
}

/* The day is what counts (evidence_captured). */
static struct piece *keep_captured(struct pieces *p, struct str text) {
        struct str moment = str_from(text, 17);
        struct text t = begin(p, "d", text.len);

        while (str_ends(moment, S("\r")))
                moment.len--;
        put(&t, moment.len >= 10 ? str_sub(str_trim(moment), 0, 10) : S(""));
        return keep_text(p, &t);
}

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

/* Words whose meaning hangs on nothing but their name and order: the rare line that is otherwise stands as a whole. */
static bool is_simple(struct str line) {
        static const struct str asked = STR("mitigations=");
        struct str rest = line, word;
        int words = 0, places = 0;

        for (ptrdiff_t i = 0; i < line.len; i++)
                if (line.p[i] == '"' || (line.p[i] >= '\n' && line.p[i] <= '\r') || (line.p[i] == '-' && i > 0 && line.p[i - 1] == '-'))
                        return false;
        for (ptrdiff_t at; (at = str_find(rest, asked)) >= 0; rest = str_from(rest, at + 1))
                places++;
        if (places == 0)
                return true;
        for (rest = line; str_word(&rest, &word);)
                words += str_starts(word, asked);
        return words == places;
}

static struct str parameter(struct pieces *p, struct str name) {
        struct text t = begin(p, "P", name.len);

        for (ptrdiff_t i = 0; i < name.len; i++)
                t.p[t.len++] = name.p[i] == '-' ? '_' : name.p[i];
        return str_n(t.p, t.len);
}

/* Those that facts ask for: other words are not kept. */
static bool keep_parameters(struct pieces *p) {
        for (uint32_t i = 0; i < p->catalog->fact_count; i++)
                if (p->catalog->facts[i].kind == FACT_KIND_PARAMETER && !pieces_keep(p, parameter(p, p->catalog->facts[i].text)))
                        return false;
        return p->parameters = true;
}

static bool is_parameter(struct pieces *p, struct str name) {
        return pieces_may_hold(p, parameter(p, name));
}

static bool add_word(struct pieces *p, struct sight *s, const struct kernel_word *w, struct str line) {
        const struct piece *word;
        struct text t;

        if (!is_parameter(p, w->name))
                return true;
        t = begin(p, "w", w->to - w->from);
        put(&t, str_sub(line, w->from, w->to - w->from));
        word = keep_text(p, &t);
        s->apart |= !word || word->apart;
        return word && add_facets(p, s, facet_of_parameter(w->name), word->id);
}

static bool add_line(struct pieces *p, struct sight *s, struct str line) {
        const struct piece *read;
        struct kernel_word w;
        ptrdiff_t at = 0;
        struct text t;
        bool good;

        if (!p->parameters && !keep_parameters(p))
                return false;
        read = pieces_keep(p, S("l"));
        good = read && add_to(p, s, facet_first(FACET_LINE), read->id);
        if (is_simple(line)) {
                while (good && kernel_word(line, &at, &w))
                        good = add_word(p, s, &w, line);
                return good;
        }
        t = begin(p, "L", line.len);
        put(&t, line);
        read = keep_text(p, &t);
        s->apart |= !read || read->apart;
        return good && read && add_facets(p, s, FACETS_LINE_WORDS, read->id);
}

static bool add_uname(struct pieces *p, struct sight *s, struct str text) {
        struct str rest = str_from(text, 9), kernel = S(""), release = S("");
        const struct piece *one, *other;
        struct text t;

        (void)str_word(&rest, &kernel);
        (void)str_word(&rest, &release);
        t = begin(p, "u", text.len);
        put(&t, kernel);
        put(&t, rest.len > 0 ? rest : S(" "));
        one = keep_text(p, &t);
        t = begin(p, "R", text.len);
        put(&t, release);
        other = keep_text(p, &t);
        s->apart |= !one || !other || one->apart || other->apart;
        return one && other && add_facets(p, s, FACET_SYSTEM, one->id) && add_facets(p, s, FACET_RELEASE, other->id);
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------- */

static struct piece *keep_chunk(struct pieces *p, const struct sight *s, const struct chunk *c, char half) {
        switch ((enum kind)c->kind) {
        case CHUNK_CPUINFO:
                return keep_cpuinfo(p, c->text, s->revision && s->revision != REVISION_CONTRADICTED);
        case CHUNK_REVISION:
                return keep_register(p, c->text, half);
        case CHUNK_CPUID:
                return keep_cpuid(p, c->text);
        case CHUNK_CAPTURED:
                return keep_captured(p, c->text);
        default:
                return pieces_keep(p, c->text);
        }
}

bool pieces_names(const struct chunk *c) {
        return c->kind == CHUNK_IDENTITY;
}

static bool has_piece(const struct chunk *c) {
        return c->kind != CHUNK_IDENTITY && c->kind != CHUNK_UNAME && c->kind != CHUNK_LINE;
}

static void read_name(struct sight *s, struct str text) {
        static const struct str host = STR("-- identity hostname ");
        struct str line = { 0 };

        if (str_starts(text, host) && s->name.len == 0 && str_cut(&text, '\n', &line)) /* comments may follow */
                s->name = str_trim(str_from(line, host.len));
}

static void read_captured(struct sight *s, struct str text) {
        if (!s->dated) /* the first counts */
                s->captured = date_moment(str_trim(str_from(text, 17)));
        s->dated = true;
}

void pieces_read(struct pieces *p, struct arena *a, struct str text, struct sight *ret) {
        char half;

        *ret = (struct sight){ .known = true };
        split(ret, a, text);
        half = find_revision(ret);
        ret->apart = ret->count == 0 || ret->chunks[0].text.len == 0 || (ret->chunks[0].text.p[0] != '#' && ret->chunks[0].text.p[0] != '\xef');
        for (ptrdiff_t i = 0; i < ret->count && !ret->apart; i++) {
                struct chunk *c = &ret->chunks[i];

                read_name(ret, c->text);
                if (c->kind == CHUNK_CAPTURED)
                        read_captured(ret, c->text);
                if (!has_piece(c))
                        continue;
                c->piece = keep_chunk(p, ret, c, half);
                ret->apart |= !c->piece || c->piece->apart;
                ret->known = ret->known && c->piece && c->piece->known;
        }
}

static void learn_name(struct pieces *p, struct piece *piece, const struct record *r) {
        uint32_t numbers[] = { (uint32_t)r->kind, r->cpu, r->leaf, r->subleaf };
        struct text t = begin(p, "n", (ptrdiff_t)sizeof(numbers) + r->key.len);
        const struct piece *name;

        put(&t, str_n((const char *)numbers, (ptrdiff_t)sizeof(numbers)));
        put(&t, r->key);
        for (ptrdiff_t i = t.len - r->key.len; r->kind == RECORD_REGISTRY && i < t.len; i++)
                if (t.p[i] >= 'A' && t.p[i] <= 'Z')
                        t.p[i] = (char)(t.p[i] - 'A' + 'a');
        name = keep_text(p, &t);
        piece->name = name ? name->id : 0;
        piece->apart |= !name;
}

static void learn_record(struct pieces *p, struct piece *piece, const struct record *r) {
        piece->known = true;
        piece->state = (uint8_t)r->state;
        piece->tells = !identity_is_record(r->kind);
        if (r->kind != RECORD_IDENTITY && r->kind != RECORD_EXPECT)
                piece->facets = evidence_facet(r->kind, r->key, r->leaf);
        if (r->kind == RECORD_FILE && str_eq(r->key, S(PLACE_CMDLINE)))
                piece->facets = FACET_LINE | FACETS_LINE_WORDS;
        if (!evidence_may_repeat(r->kind))
                learn_name(p, piece, r);
}

static bool is_captured(const struct record *r) {
        return r->kind == RECORD_META && str_eq(r->key, S("captured"));
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
                if (i > 0 && s->chunks[i].kind != CHUNK_CAPTURED && is_captured(&e->items[i - 1]))
                        piece->apart = true; /* written in an unusual way */
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

static bool add_file(struct pieces *p, struct sight *s, const struct chunk *c, uint32_t line_name) {
        if (c->kind == CHUNK_LINE)
                return is_first(p, line_name) && add_line(p, s, str_from(c->text, (ptrdiff_t)sizeof("-- file " PLACE_CMDLINE)));
        if (c->kind == CHUNK_UNAME)
                return add_uname(p, s, c->text);
        /* What shows the revision in a way of its own does not show it open. */
        if (c->kind == CHUNK_ORDINARY && s->revision && c->piece->facets & FACET_REVISION)
                return false;
        return !c->piece || (is_first(p, c->piece->name) && add_facets(p, s, c->piece->facets, c->piece->id));
}

bool pieces_compare(struct pieces *p, struct sight *s) {
        uint32_t states[FACT_FAILED + 1] = { 0 };
        bool tells = false, good = !s->apart;
        struct piece line = { 0 };

        learn_name(p, &line, &(struct record){ .kind = RECORD_FILE, .key = S(PLACE_CMDLINE) });
        p->file++;
        for (ptrdiff_t i = 0; i < s->count && good; i++) {
                const struct chunk *c = &s->chunks[i];

                good = add_file(p, s, c, line.name);
                tells |= c->kind == CHUNK_UNAME || c->kind == CHUNK_LINE || (c->piece && c->piece->tells);
                states[c->piece ? c->piece->state : FACT_KNOWN]++;
        }
        s->versions[facet_first(FACET_STATES)] = 1 + states[FACT_DENIED] + (states[FACT_FAILED] << 16);
        return good && tells && !s->apart && s->count < UINT16_MAX;
}
