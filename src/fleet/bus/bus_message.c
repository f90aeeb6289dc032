#include "fleet/bus/bus_message.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/out.h"
#include "fleet/store/body.h"

/* A record is a line of its sort, its numbers and the lengths of its texts, and then these texts, one behind the other. A text that is not there
 * has the length -1. */
#define FIRST_LINE "sidelight reports 1 "

enum { NUMBERS = 4, TEXTS = 6, PIECE = 256 << 10, SLACK = 4096, RECORD_LINE = 256, FINGERPRINT = 64 };

struct record_shape {
        char sort;
        int numbers, texts;
};

static const struct record_shape shapes[] = { { 'R', 4, 6 }, { 'A', 2, 3 }, { 'C', 2, 6 }, { 'S', 1, 0 } };

/* ---- Writing ---- */

struct writing {
        int64_t restored;
        struct bus_pieces *pieces;
        struct arena *a;
        struct out text;
        ptrdiff_t max;
        bool fits;
        struct { const struct store_report **items; ptrdiff_t count, capacity; } bodies;
        ptrdiff_t *sent; /* the number of the last piece that has this body; 0: none has */
};

static void end_piece(struct writing *w) {
        ARENA_AUTO struct arena scratch = { 0 };
        struct str packed, piece;

        if (w->text.len == 0)
                return;
        packed = body_pack(&scratch, out_text(&w->text));
        piece = str_cat(w->a, str_fmt(&scratch, FIRST_LINE "%td\n", w->text.len), packed);
        w->fits = w->fits && piece.len <= w->max;
        *arena_append(w->a, w->pieces) = piece;
        w->text.len = 0;
}

/* Begins the next piece where so many bytes are too many for this one. */
static void make_room(struct writing *w, ptrdiff_t size) {
        if (w->text.len > 0 && w->text.len + size > PIECE)
                end_piece(w);
}

static void write_record(struct writing *w, char sort, const int64_t *numbers, int number_count, const struct str *texts, int text_count) {
        ptrdiff_t size = RECORD_LINE;

        for (int i = 0; i < text_count; i++)
                size += texts[i].len;
        make_room(w, size);
        if (w->text.len == 0 && w->restored)
                out_fmt(&w->text, "S %" PRId64 "\n", w->restored);
        out_char(&w->text, sort);
        for (int i = 0; i < number_count; i++)
                out_fmt(&w->text, " %" PRId64, numbers[i]);
        for (int i = 0; i < text_count; i++)
                out_fmt(&w->text, " %td", texts[i].p ? texts[i].len : -1);
        out_char(&w->text, '\n');
        for (int i = 0; i < text_count; i++)
                out_str(&w->text, texts[i]);
}

static int by_fingerprint(const void *a, const void *b) {
        const struct store_report *x = *(const struct store_report *const *)a, *y = *(const struct store_report *const *)b;

        return x->tenant != y->tenant ? (x->tenant < y->tenant ? -1 : 1) : str_cmp(x->fingerprint, y->fingerprint);
}

/* The reports that have a body, in the order of their fingerprints. */
static void find_bodies(struct writing *w, const struct store *s) {
        for (ptrdiff_t i = 0; i < s->reports.count; i++)
                if (s->reports.items[i].body.len > 0)
                        *arena_append(w->a, &w->bodies) = &s->reports.items[i];
        if (w->bodies.count > 0)
                qsort(w->bodies.items, (size_t)w->bodies.count, sizeof(*w->bodies.items), by_fingerprint);
}

/* A message says all that its reports need: another worker may have the one before. */
static void write_report(struct writing *w, const struct store_report *r) {
        const struct store_report *const *with = NULL;
        ptrdiff_t size = r->host.len + r->ident.len + r->fingerprint.len + r->tags.len + r->origin.len + RECORD_LINE, *sent = NULL;
        struct str body = r->body;
        int64_t body_size = r->size;

        if (w->bodies.count > 0)
                with = bsearch(&r, w->bodies.items, (size_t)w->bodies.count, sizeof(*w->bodies.items), by_fingerprint);
        if (with) {
                sent = &w->sent[with - (const struct store_report *const *)w->bodies.items];
                make_room(w, *sent == w->pieces->count + 1 ? size : size + (*with)->body.len);
        }
        if (with && *sent != w->pieces->count + 1) {
                *sent = w->pieces->count + 1;
                body = (*with)->body;
                body_size = (*with)->size;
        }
        write_record(w, 'R', (const int64_t[]){ r->tenant, r->time, body_size, r->redacted }, 4,
                     (const struct str[]){ r->host, r->ident, r->fingerprint, r->tags, r->origin, body }, 6);
}

static void write_all(struct writing *w, const struct store *s) {
        find_bodies(w, s);
        w->sent = arena_array(w->a, ptrdiff_t, w->bodies.count + 1);
        for (ptrdiff_t i = 0; i < s->reports.count; i++)
                write_report(w, &s->reports.items[i]);
        for (ptrdiff_t i = 0; i < s->asides.count; i++) {
                const struct store_aside *x = &s->asides.items[i];

                write_record(w, 'A', (const int64_t[]){ x->tenant, x->time }, 2, (const struct str[]){ x->name, x->reason, x->bytes }, 3);
        }
        for (ptrdiff_t i = 0; i < s->resources.count; i++) {
                const struct store_resource *x = &s->resources.items[i];

                write_record(w, 'C', (const int64_t[]){ x->tenant, x->time }, 2,
                             (const struct str[]){ x->name, x->title, x->type, x->offering, x->provider, x->os }, 6);
        }
}

bool bus_message_write(struct bus_pieces *ret, struct arena *a, const struct store *s, ptrdiff_t max) {
        struct writing w = { .restored = s->restored, .pieces = ret, .a = a, .max = max - SLACK, .fits = true };

        write_all(&w, s);
        end_piece(&w);
        out_free(&w.text);
        return w.fits;
}

/* ---- Reading ---- */

struct reading {
        struct str rest;
        int64_t numbers[NUMBERS];
        struct str texts[TEXTS];
};

static bool read_number(struct str *line, int64_t *ret) {
        struct str word;
        uint64_t v;
        bool minus;

        if (!str_word(line, &word))
                return false;
        minus = str_starts(word, S("-"));
        if (!str_to_u64(str_from(word, minus), &v) || v > INT64_MAX)
                return false;
        *ret = minus ? -(int64_t)v : (int64_t)v;
        return true;
}

/* The bytes of one text; false when there are not so many. */
static bool take_text(struct reading *r, int64_t length, struct str *ret) {
        *ret = (struct str){ 0 };
        if (length == -1)
                return true;
        if (length < 0 || length > r->rest.len)
                return false;
        *ret = length > 0 ? str_sub(r->rest, 0, (ptrdiff_t)length) : S("");
        r->rest = str_from(r->rest, (ptrdiff_t)length);
        return true;
}

static bool read_record(struct reading *r, const struct record_shape *shape, struct str line) {
        int64_t lengths[TEXTS] = { 0 };

        for (int i = 0; i < shape->numbers; i++)
                if (!read_number(&line, &r->numbers[i]))
                        return false;
        for (int i = 0; i < shape->texts; i++)
                if (!read_number(&line, &lengths[i]))
                        return false;
        for (int i = 0; i < shape->texts; i++)
                if (!take_text(r, lengths[i], &r->texts[i]))
                        return false;
        return str_trim(line).len == 0;
}

static bool keep(struct bus_content *c, struct arena *a, char sort, const struct reading *r) {
        const int64_t *n = r->numbers;
        const struct str *t = r->texts;

        switch (sort) {
        case 'R':
                *arena_append(a, &c->reports) = (struct store_report){ .tenant = n[0], .time = n[1], .size = n[2], .redacted = n[3] != 0, .host = t[0],
                                                                       .ident = t[1], .fingerprint = t[2], .tags = t[3], .origin = t[4], .body = t[5] };
                return t[0].len > 0 && t[1].p && t[2].len == FINGERPRINT && t[4].p && (n[2] > 0 || t[5].len == 0);
        case 'A':
                *arena_append(a, &c->asides) = (struct store_aside){ .tenant = n[0], .time = n[1], .name = t[0], .reason = t[1], .bytes = t[2] };
                return t[0].p && t[1].p;
        case 'S':
                c->restored = n[0];
                return true;
        default:
                *arena_append(a, &c->resources) = (struct store_resource){ .tenant = n[0], .time = n[1], .name = t[0], .title = t[1], .type = t[2],
                                                                           .offering = t[3], .provider = t[4], .os = t[5] };
                return t[0].len > 0 && t[1].p && t[2].p && t[3].p && t[4].p && t[5].p;
        }
}

static const struct record_shape *shape_of(struct str line) {
        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
                if (line.len > 1 && line.p[0] == shapes[i].sort && line.p[1] == ' ')
                        return &shapes[i];
        return NULL;
}

static bool read_all(struct bus_content *ret, struct arena *a, struct str text) {
        struct reading r = { .rest = text };
        struct str line;

        while (r.rest.len > 0) {
                ptrdiff_t end = str_find_char(r.rest, '\n');
                const struct record_shape *shape;

                if (end < 0)
                        return false;
                line = str_sub(r.rest, 0, end);
                r.rest = str_from(r.rest, end + 1);
                shape = shape_of(line);
                if (!shape || !read_record(&r, shape, str_from(line, 2)) || !keep(ret, a, shape->sort, &r))
                        return false;
        }
        return true;
}

int bus_message_read(struct bus_content *ret, struct arena *a, struct str message, struct diag *d) {
        ptrdiff_t end = str_find_char(message, '\n');
        struct str first = str_sub(message, 0, end), text;
        struct diag ignored = { 0 };
        uint64_t size;

        *ret = (struct bus_content){ 0 };
        if (end < 0 || !str_starts(first, S(FIRST_LINE)) || !str_to_u64(str_from(first, sizeof(FIRST_LINE) - 1), &size) || size > BODY_MAX ||
            body_unpack(&text, a, str_from(message, end + 1), (int64_t)size, &ignored) < 0 || !read_all(ret, a, text)) {
                *ret = (struct bus_content){ 0 };
                return diag_fail_class(d, DIAG_INPUT, "it is no message of reports");
        }
        return 0;
}
