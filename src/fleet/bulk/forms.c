/* Files whose records were seen before, one behind the other, and how they are known by their bytes alone. */
#include "fleet/bulk/pieces_parts.h"

/* STRETCHES_MAX bounds what hostile files can make of it, STEPS_MAX how long one is looked for. */
enum { STRETCHES_MAX = 1 << 15, STEPS_MAX = 512, FORMS_MET = 1 << 14, PAST_END = 256 };

/* Between two of those records that differ from file to file, or behind the last: what stands there, up to and with how the next begins. */
struct stretch {
        struct str text;
        uint8_t kind;           /* of the record that begins at its end; CHUNK_HEAD: the file ends */
        ptrdiff_t begun;        /* so much of that record is part of the text */
        struct forms next;      /* what follows that record */
        struct form *form;      /* where the file ends */
        struct piece *seen[2];  /* /proc/cpuinfo with gaps: those that stood there */
};

/* Stretches are told apart by the first place in which two of them differ. */
struct fork {
        uint32_t at;            /* along a path it grows */
        uint16_t byte;          /* there; PAST_END: nothing */
        struct fork *yes, *no;  /* NULL: it is a stretch */
        struct stretch *stretch;
};

static uint16_t byte_at(struct str s, uint32_t at) {
        return (ptrdiff_t)at < s.len ? (unsigned char)s.p[at] : PAST_END;
}

/* The only one that may begin there. */
static struct stretch *candidate(const struct forms *f, struct str rest) {
        struct fork *n = f->root;

        for (int steps = 0; n && !n->stretch; n = byte_at(rest, n->at) == n->byte ? n->yes : n->no)
                if (steps++ > STEPS_MAX)
                        return NULL;
        return n ? n->stretch : NULL;
}

/* ---- A file of a form that is known ------------------------------------------------------------------------------------------------ */

/* Where the open record's value, which begins at `at`, ends; NULL: it is not written as usual. */
static const char *end_of_line(const char *at, const char *end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        if (!newline)
                return end;
        return end - newline >= 4 && memcmp(newline, "\n-- ", 4) == 0 ? newline : NULL;
}

static bool is_usual(struct chunk *c, ptrdiff_t begun) {
        struct str value = str_from(c->text, begun);

        switch ((enum kind)c->kind) {
        case CHUNK_IDENTITY:
                return pieces_is_usual(c->text);
        case CHUNK_REVISION: /* behind words that are the same in all files of the form */
                return c->usual = value.len == 16 && str_hex_to_u64(value, &c->number);
        default:
                return true;
        }
}

static const char *end_of_processor(struct stretch *t, struct chunk *c, const char *at, const char *end) {
        for (size_t i = 0; i < sizeof(t->seen) / sizeof(t->seen[0]) && t->seen[i]; i++) {
                struct piece *q = t->seen[i];
                ptrdiff_t n = pieces_match(q, at, end, &c->shown);

                if (n == 0)
                        continue;
                t->seen[i] = t->seen[0];
                t->seen[0] = q;
                c->gaps = q->gaps;
                return at + n;
        }
        return pieces_end_of(at, end, &c->line);
}

/* The open record behind the stretch. False when it is not written as usual. */
static bool take_open(struct sight *s, struct arena *a, struct stretch *t, struct str *rest) {
        struct chunk *c = arena_push(a, (void **)&s->chunks, &s->count, &s->capacity, (ptrdiff_t)sizeof(*c));
        const char *value = rest->p + t->text.len, *begin = value - t->begun, *end = rest->p + rest->len, *last;

        c->kind = t->kind;
        c->line = t->kind != CHUNK_LINE && t->kind != CHUNK_CPUINFO;
        if (!c->line && end - value >= 3 && memcmp(value, "-- ", 3) == 0) /* a file that is empty */
                return false;
        c->seen = t->kind == CHUNK_CPUINFO ? t->seen : NULL;
        last = c->seen ? end_of_processor(t, c, begin, end) : end_of_line(value, end);
        if (!last)
                return false;
        c->text = str_n(begin, last - begin);
        *rest = str_n(last, end - last);
        return is_usual(c, t->begun);
}

bool forms_split(struct pieces *p, struct sight *s, struct arena *a, struct str text) {
        const struct forms *level = &p->forms;

        for (;;) {
                struct stretch *t = candidate(level, text);

                if (!t || !str_starts(text, t->text))
                        return false;
                if (t->kind == CHUNK_HEAD) {
                        s->form = t->form;
                        return text.len == t->text.len;
                }
                if (!take_open(s, a, t, &text))
                        return false;
                level = &t->next;
        }
}

/* ---- A form that is learnt ------------------------------------------------------------------------------------------------------------- */

bool forms_is_open(const struct chunk *c) {
        return c->kind != CHUNK_HEAD && c->kind != CHUNK_ORDINARY && c->kind != CHUNK_CPUID;
}

/* How much of the open record is the same in all files of the form; -1: it is not written as usual. */
static ptrdiff_t begun_of(const struct chunk *c) {
        struct str name, rest = str_from(c->text, 12);
        uint64_t number;
        bool usual;

        switch ((enum kind)c->kind) {
        case CHUNK_IDENTITY:
                return pieces_is_usual(c->text) && str_cut(&rest, ' ', &name) ? rest.p - c->text.p : -1;
        case CHUNK_CAPTURED:
                return (ptrdiff_t)sizeof("-- meta captured ") - 1;
        case CHUNK_UNAME:
                return (ptrdiff_t)sizeof("-- uname ") - 1;
        case CHUNK_REVISION:
                return register_value(c->text, &number, &usual) && usual && c->text.p[c->text.len - 17] == ' ' ? c->text.len - 16 : -1;
        case CHUNK_LINE:
                rest = str_from(c->text, (ptrdiff_t)sizeof("-- file /proc/cmdline\n") - 1);
                return str_find_char(rest, '\n') < 0 ? c->text.len - rest.len : -1;
        case CHUNK_CPUINFO:
                return (ptrdiff_t)sizeof("-- file /proc/cpuinfo\n") - 1;
        default:
                return -1;
        }
}

static struct stretch *make_stretch(struct pieces *p, struct str text, uint8_t kind, ptrdiff_t begun) {
        struct stretch *t = arena_new(&p->arena, struct stretch);

        *t = (struct stretch){ .text = str_dup(&p->arena, text), .kind = kind, .begun = begun };
        p->bytes += (ptrdiff_t)(sizeof(*t) + 2 * sizeof(struct fork)) + text.len;
        p->forms.count++;
        return t;
}

static struct fork *make_leaf(struct pieces *p, struct stretch *t) {
        struct fork *n = arena_new(&p->arena, struct fork);

        n->stretch = t;
        return n;
}

static bool ends(uint8_t kind) {
        return kind == CHUNK_HEAD;
}

/* The first place in which they differ; -1: there is none before one of them ends. */
static ptrdiff_t differ_at(const struct stretch *t, struct str text, uint8_t kind) {
        ptrdiff_t n = t->text.len < text.len ? t->text.len : text.len, i = 0;

        while (i < n && t->text.p[i] == text.p[i])
                i++;
        if (i < n)
                return i;
        /* What ends with the file differs from what goes on. */
        if (t->text.len != text.len && ends(t->text.len < text.len ? t->kind : kind))
                return n;
        return -1;
}

/* The stretch at this level, made where there is none; NULL: it cannot be told from another one, or there are too many. */
static struct stretch *stretch_at(struct pieces *p, struct forms *level, struct str text, uint8_t kind, ptrdiff_t begun) {
        struct stretch *met = candidate(level, text);
        struct fork **at = &level->root, *fork;
        ptrdiff_t differ;

        if (!met && level->root)
                return NULL;
        if (met && met->kind == kind && met->begun == begun && str_eq(met->text, text))
                return met;
        if (p->forms.count >= STRETCHES_MAX)
                return NULL;
        if (!met) {
                met = make_stretch(p, text, kind, begun);
                level->root = make_leaf(p, met);
                return met;
        }
        differ = differ_at(met, text, kind);
        if (differ < 0)
                return NULL;
        while (!(*at)->stretch && (*at)->at <= (uint32_t)differ)
                at = byte_at(text, (*at)->at) == (*at)->byte ? &(*at)->yes : &(*at)->no;
        met = make_stretch(p, text, kind, begun);
        fork = arena_new(&p->arena, struct fork);
        *fork = (struct fork){ .at = (uint32_t)differ, .byte = byte_at(text, (uint32_t)differ), .yes = make_leaf(p, met), .no = *at };
        *at = fork;
        return met;
}

static struct form *make_form(struct pieces *p, const struct sight *s) {
        struct form *f = arena_new(&p->arena, struct form);

        f->count = s->count;
        f->records = arena_array(&p->arena, struct form_record, s->count);
        p->bytes += (ptrdiff_t)(sizeof(*f) + (size_t)s->count * sizeof(*f->records));
        return f;
}

/* Those of chunks that lie in the stretch, which is the file's text from `from` on. */
static void take_records(struct form *f, const struct sight *s, const struct stretch *t, const char *from) {
        for (ptrdiff_t i = 0; i < s->count; i++) {
                const struct chunk *c = &s->chunks[i];
                ptrdiff_t at = c->text.p - from, behind;

                if (forms_is_open(c) || at < 0 || at + c->text.len > t->text.len)
                        continue;
                behind = at + c->text.len < t->text.len; /* its line end */
                f->records[i] = (struct form_record){ .text = str_n(t->text.p + at, c->text.len + behind), .piece = c->piece };
        }
}

static void learn(struct pieces *p, const struct sight *s) {
        const char *from = s->text.p, *end = s->text.p + s->text.len - str_ends(s->text, S("\n"));
        struct form *f = make_form(p, s);
        struct forms *level = &p->forms;
        struct stretch *t;

        for (ptrdiff_t i = 0; i < s->count; i++) {
                const struct chunk *c = &s->chunks[i];
                ptrdiff_t begun;

                if (!forms_is_open(c))
                        continue;
                begun = begun_of(c);
                t = begun < 0 ? NULL : stretch_at(p, level, str_n(from, c->text.p + begun - from), c->kind, begun);
                if (!t)
                        return;
                take_records(f, s, t, from);
                from = c->text.p + c->text.len;
                level = &t->next;
        }
        t = stretch_at(p, level, str_n(from, end - from), CHUNK_HEAD, 0);
        if (!t || t->form)
                return;
        take_records(f, s, t, from);
        t->form = f;
}

void forms_meet(struct pieces *p, const struct sight *s) {
        uint64_t hash = (uint64_t)s->count, *met;

        if (s->form || s->count >= UINT16_MAX)
                return;
        for (ptrdiff_t i = 0; i < s->count; i++) {
                const struct chunk *c = &s->chunks[i];

                hash = (hash ^ (forms_is_open(c) || !c->piece ? c->kind : c->piece->id + UINT64_C(16))) * UINT64_C(0x9e3779b97f4a7c15);
                hash ^= hash >> 29;
        }
        if (!p->forms_met) {
                p->forms_met = arena_array(&p->arena, uint64_t, FORMS_MET);
                p->bytes += (ptrdiff_t)FORMS_MET * (ptrdiff_t)sizeof(*p->forms_met);
        }
        met = &p->forms_met[hash % FORMS_MET];
        if (*met == ~hash) /* whatever came of it, once is enough */
                return;
        if (*met == hash)
                learn(p, s);
        *met = *met == hash ? ~hash : hash;
}
