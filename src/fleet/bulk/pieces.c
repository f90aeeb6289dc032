#include "base/date.h"
#include "evidence/identity.h"
#include "fleet/bulk/pieces_parts.h"

/* ---- The microcode's revision -------------------------------------------------------------------------------------------------- */

struct revision {
        struct str shown;  /* in /proc/cpuinfo, by all CPUs */
        uint64_t number;   /* what that is; 0: none was shown */
        uint64_t value;    /* of the register of all CPUs */
        bool read;         /* the register was */
        bool odd;          /* they differ, or are not written as usual */
};

static void look_at_value(struct revision *r, struct str value) {
        if (r->shown.p) {
                r->odd |= !str_eq(r->shown, value);
                return;
        }
        r->shown = value;
        r->odd |= !str_to_u64(value, &r->number);
}

/* The value of a line of that name; without a place: it is another line. */
static struct str shown_by(struct str line) {
        ptrdiff_t colon = str_find_char(line, ':');

        if (colon < 0 || !str_eq(str_trim(str_sub(line, 0, colon)), S("microcode")))
                return (struct str){ 0 };
        return str_trim(str_from(line, colon + 1));
}

static void look_at_shown(struct revision *r, struct str line) {
        struct str value = shown_by(line);

        if (value.p)
                look_at_value(r, value);
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

bool register_value(struct str text, uint64_t *ret, bool *ret_usual) {
        struct str word = { 0 }, rest = str_from(text, 6);

        for (int i = 0; i < 3; i++)
                (void)str_word(&rest, &word);
        *ret_usual = word.len == 16 && rest.len == 0;
        return str_hex_to_u64(word, ret);
}

/* The same of one that may stand in a form, of which that was asked. */
static bool value_of(const struct chunk *c, uint64_t *ret, bool *ret_usual) {
        *ret = c->number;
        *ret_usual = true;
        return c->usual || register_value(c->text, ret, ret_usual);
}

static void look_at_register(struct revision *r, const struct chunk *c) {
        uint64_t value;
        bool usual;

        if (!value_of(c, &value, &usual))
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

        for (ptrdiff_t i = 0; i < s->count; i++) {
                if (s->chunks[i].kind == CHUNK_CPUINFO && s->chunks[i].gaps && s->chunks[i].gaps->count > 0)
                        look_at_value(&r, s->chunks[i].shown);
                else if (s->chunks[i].kind == CHUNK_CPUINFO && !s->chunks[i].gaps)
                        look_at_cpuinfo(&r, s->chunks[i].text);
                else if (s->chunks[i].kind == CHUNK_REVISION)
                        look_at_register(&r, &s->chunks[i]);
        }
        s->revision = open_revision(&r);
        while (digits < 16 && s->revision >> (4 * digits))
                digits++;
        memcpy(s->digits, "0x", 2);
        for (int i = 0; i < digits; i++)
                s->digits[2 + i] = "0123456789abcdef"[s->revision >> (4 * (digits - 1 - i)) & 15];
        s->digit_count = 2 + digits;
        s->even = r.shown.p && !r.odd;
        s->inexact = (r.read && half_of(&r) == 'X') || (r.shown.p && !str_eq(r.shown, str_n(s->digits, s->digit_count)));
        return s->revision && r.read ? half_of(&r) : 0;
}

/* ---- What is kept of a record ------------------------------------------------------------------------------------------------ */

void text_put(struct piece_text *t, struct str s) {
        if (s.len > 0)
                memcpy(t->p + t->len, s.p, (size_t)s.len);
        t->len += s.len;
}

struct piece_text text_begin(struct pieces *p, const char *letter, ptrdiff_t room) {
        if (p->text_size < room + 2) {
                p->text_size = 2 * (room + 2);
                p->text = arena_bytes(&p->arena, p->text_size);
                p->bytes += p->text_size;
        }
        p->text[0] = *letter;
        return (struct piece_text){ .p = p->text, .len = 1 };
}

struct piece *text_keep(struct pieces *p, const struct piece_text *t) {
        return pieces_keep(p, str_n(t->p, t->len));
}

/* Lines that begin so are all that identity_in_cpuinfo may know. */
static bool may_name(char c) {
        return (unsigned char)c <= ' ' || c == 'c' || c == 'b' || c == 'B' || c == 't' || c == 'a' || c == 'i' || c == 'S' || c == 's' || c == 'p';
}

static struct piece *keep_cpuinfo(struct pieces *p, struct str text, bool open) {
        struct piece_text t = text_begin(p, open ? "m" : "r", text.len + 1);
        struct str line;

        while (str_cut(&text, '\n', &line)) {
                if (open && str_starts(line, S("microcode")) && str_eq(str_trim(str_sub(line, 0, str_find_char(line, ':'))), S("microcode")))
                        text_put(&t, S("microcode"));
                else if (line.len > 0 && may_name(line.p[0]))
                        t.len += identity_cut_cpuinfo(t.p + t.len, line);
                else
                        text_put(&t, line);
                text_put(&t, S("\n"));
        }
        return text_keep(p, &t);
}

/* The register's value is left out where it stands open, all but the half in which it stands. */
static struct piece *keep_register(struct pieces *p, const struct chunk *c, char half) {
        struct piece_text t = text_begin(p, "m", c->text.len + 1);
        uint64_t value;
        bool usual;

        if (!half || !value_of(c, &value, &usual))
                return pieces_keep(p, c->text);
        text_put(&t, str_sub(c->text, 0, c->text.len - 16));
        text_put(&t, str_n(&half, 1));
        return text_keep(p, &t);
}

/* Of a word of eight hexadecimal digits, those of which the mask has no bit become 0. */
static void put_masked(struct piece_text *t, struct str word, uint32_t mask) {
        uint64_t number;

        text_put(t, S(" "));
        text_put(t, word);
        if (word.len != 8 || !str_hex_to_u64(word, &number))
                return;
        for (ptrdiff_t i = 0; i < 8; i++)
                if (!(mask >> (28 - 4 * i) & 15))
                        t->p[t->len - 8 + i] = '0';
}

/* Without APIC ids and the like: no leaf that ends in another digit has any. */
struct piece *pieces_keep_cpuid(struct pieces *p, struct str text) {
        struct str word, rest = text, leaf = S("");
        ptrdiff_t dot = str_find_char(text, '.');
        uint64_t number, subleaf;
        bool whole = true;
        struct piece_text t;

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
        t = text_begin(p, "c", text.len + 4);
        text_put(&t, str_n(text.p, rest.p - text.p));
        for (unsigned i = 0; i < 4 && str_word(&rest, &word); i++)
                put_masked(&t, word, identity_cpuid_mask((uint32_t)number, (uint32_t)subleaf, i));
        text_put(&t, rest);
        return text_keep(p, &t);
}

/* The day is what counts (evidence_captured). */
static struct piece *keep_captured(struct pieces *p, struct str text) {
        struct str moment = str_from(text, 17);
        struct piece_text t = text_begin(p, "d", text.len);

        while (str_ends(moment, S("\r")))
                moment.len--;
        text_put(&t, moment.len >= 10 ? str_sub(str_trim(moment), 0, 10) : S(""));
        return text_keep(p, &t);
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------- */

/* It shows no revision, in no way: the next one of its like is the same. */
static bool shows_none(struct str text) {
        struct revision r = { 0 };

        look_at_cpuinfo(&r, text);
        return !r.shown.p && !r.odd;
}

/* So that the next one of its like is known by what is in front of and behind the revision, or, where it shows none, by all of it; NULL where
 * that is not the whole of a line's value, as kernels write it. */
static struct gaps *learn_gaps(struct pieces *p, const struct chunk *c) {
        struct gaps *g = arena_new(&p->arena, struct gaps);
        uint32_t *at = arena_array(&p->arena, uint32_t, c->text.len / (ptrdiff_t)sizeof("microcode") + 1);
        struct str rest = c->text, line, value;
        struct piece *raw;

        while (str_cut(&rest, '\n', &line)) {
                value = line.len > 0 && line.p[0] == 'm' ? shown_by(line) : (struct str){ 0 };
                if (!value.p)
                        continue;
                if (value.len == 0 || pieces_shown_length(value.p, c->text.p + c->text.len) != value.len)
                        return NULL;
                g->length = value.len;
                at[g->count++] = (uint32_t)(value.p - c->text.p);
        }
        if (g->count == 0 && !shows_none(c->text))
                return NULL;
        g->at = at;
        raw = arena_new(&p->arena, struct piece);
        *raw = (struct piece){ .raw = str_dup(&p->arena, c->text), .kind = c->kind, .gaps = g };
        p->bytes += (ptrdiff_t)(sizeof(*g) + sizeof(*raw) + g->count * sizeof(*at)) + c->text.len;
        raw->id = ++p->next;
        if (c->seen) {
                c->seen[1] = c->seen[0];
                c->seen[0] = raw;
        } else {
                pieces_lead(p, c->stand, raw);
        }
        return g;
}

static struct piece *keep_processor(struct pieces *p, const struct sight *s, const struct chunk *c) {
        bool open = s->revision && s->revision != REVISION_CONTRADICTED;
        struct gaps *g = c->gaps;
        struct piece *q;

        if (g && open && g->open)
                return g->open;
        if (g && !open && g->closed && str_eq(g->shown, c->shown))
                return g->closed;
        q = keep_cpuinfo(p, c->text, open);
        if (q && !g && q->known && (c->stand.way || c->seen) && q->spellings < SPELLINGS_MAX && (s->even || shows_none(c->text)) && (g = learn_gaps(p, c)))
                q->spellings++;
        if (q && g && open) {
                g->open = q;
        } else if (q && g) {
                g->closed = q;
                g->shown = str_dup(&p->arena, c->gaps ? c->shown : g->count > 0 ? str_n(c->text.p + g->at[0], g->length) : S(""));
                p->bytes += g->shown.len;
        }
        return q;
}

static struct piece *keep_chunk(struct pieces *p, const struct sight *s, const struct chunk *c, char half) {
        switch ((enum kind)c->kind) {
        case CHUNK_CPUINFO:
                return keep_processor(p, s, c);
        case CHUNK_REVISION:
                return keep_register(p, c, half);
        case CHUNK_CAPTURED:
                return keep_captured(p, c->text);
        default:
                return c->piece;
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

/* None of the bytes is a control character: sixteen at a time, of which the last ones overlap. `line` is that long. */
static bool has_no_control(struct str line) {
        typedef unsigned char bytes __attribute__((vector_size(16)));
        bytes v, found = { 0 };
        uint64_t halves[2];

        for (ptrdiff_t i = 0; i < line.len; i += 16) {
                memcpy(&v, line.p + (i + 16 <= line.len ? i : line.len - 16), sizeof(v));
                found |= (bytes)(v < ' ');
        }
        memcpy(halves, &found, sizeof(found));
        return !(halves[0] | halves[1]);
}

bool pieces_is_usual(struct str line) {
        static const struct str identity = STR("-- identity ");
        ptrdiff_t blank;

        if (line.len < 16 || !str_starts(line, identity)) /* what is shorter than that is not worth the trouble */
                return false;
        blank = str_find_char(str_from(line, identity.len), ' ') + identity.len;
        return blank > identity.len && blank + 1 < line.len && line.p[blank + 1] != ' ' && has_no_control(line);
}

static bool is_odd(struct str text) {
        struct str line;

        return !str_cut(&text, '\n', &line) || !pieces_is_usual(line);
}

static void read_captured(struct sight *s, struct str text) {
        if (!s->dated) /* the first counts */
                s->captured = date_moment(str_trim(str_from(text, 17)));
        s->dated = true;
}

static void look_at(struct pieces *p, struct sight *ret) {
        char half = find_revision(ret);

        ret->known = true;
        for (ptrdiff_t i = 0; i < ret->count && !ret->apart; i++) {
                struct chunk *c = &ret->chunks[i];

                read_name(ret, c->text);
                ret->apart |= c->kind == CHUNK_IDENTITY && !ret->form && is_odd(c->text); /* in a form none is */
                if (c->kind == CHUNK_CAPTURED)
                        read_captured(ret, c->text);
                if (!has_piece(c))
                        continue;
                c->piece = keep_chunk(p, ret, c, half);
                ret->apart |= !c->piece || c->piece->apart;
                ret->known = ret->known && c->piece && c->piece->known;
        }
}

void pieces_read(struct pieces *p, struct arena *a, struct str text, struct sight *ret) {
        *ret = (struct sight){ .text = text };
        if (forms_split(p, ret, a, str_sub(text, 0, text.len - str_ends(text, S("\n"))))) {
                look_at(p, ret);
                if (ret->known && !ret->apart)
                        return;
        }
        *ret = (struct sight){ .text = text };
        ret->apart = text.len == 0 || text.p[0] == '\n' || (text.p[0] != '#' && text.p[0] != '\xef') || evidence_is_padded(text);
        pieces_split(p, ret, a, text);
        look_at(p, ret);
}
