#include "fleet/bulk/whole.h"

#include "base/date.h"

static const struct str host = STR("-- identity hostname "), captured = STR("-- meta captured ");

/* The record that `text` begins with is one line, and another record follows: that line. */
static bool is_line(struct str text, struct str *ret) {
        ptrdiff_t end = str_find_char(text, '\n');

        *ret = str_sub(text, 0, end);
        return end >= 0 && str_starts(text, S("-- ")) && str_starts(str_from(text, end + 1), S("-- "));
}

/* The day of "2026-11-26T17:34:12Z", which is what counts of it (evidence_captured); empty where it is not written so. */
static struct str day_of(struct str moment) {
        for (ptrdiff_t i = 0; i < 10; i++)
                if (i >= moment.len || ((moment.p[i] < '0' || moment.p[i] > '9') && moment.p[i] != '-'))
                        return S("");
        return str_sub(moment, 0, 10);
}

/* What is kept of one of the records in front, and by which letter it is kept. */
static const char *keep(struct str line, struct str *ret_kept) {
        *ret_kept = S("");
        if (pieces_is_usual(line))
                return "\ni";
        if (str_starts(line, captured) && (*ret_kept = day_of(str_from(line, captured.len))).len > 0)
                return "\nd";
        *ret_kept = line;
        return "\n";
}

static uint32_t shape_of(struct str s) {
        uint64_t first = 0, last = 0, middle = 0;

        if (s.len >= 8) {
                memcpy(&first, s.p, 8);
                memcpy(&middle, s.p + s.len / 2 - 4, 8);
                memcpy(&last, s.p + s.len - 8, 8);
        }
        return (uint32_t)(((first ^ middle << 7 ^ last << 13 ^ (uint64_t)s.len) * UINT64_C(0x9e3779b97f4a7c15)) >> 48);
}

void whole_read(struct str text, struct whole_file *ret) {
        ptrdiff_t first = str_find_char(text, '\n') + 1;
        struct str line, kept, start = text;
        bool dated = false;

        *ret = (struct whole_file){ 0 };
        for (text = str_from(text, first); is_line(text, &line); text = str_from(text, line.len + 1)) {
                if (str_starts(line, host) && ret->name.len == 0)
                        ret->name = str_trim(str_from(line, host.len));
                if (str_starts(line, captured) && !dated) {
                        ret->captured = date_moment(str_trim(str_from(line, captured.len)));
                        dated = true;
                }
                ret->count += keep(line, &kept)[1] == 'i';
        }
        ret->head = str_sub(start, 0, start.len - text.len);
        ret->rest = text;
        ret->shape = shape_of(text);
}

void whole_cut(struct out *o, const struct whole_file *f) {
        struct str rest = f->head, line, kept;

        out_c(o, "W");
        if (str_cut(&rest, '\n', &line))
                out_str(o, line);
        while (str_cut(&rest, '\n', &line)) {
                out_c(o, keep(line, &kept));
                out_str(o, kept);
        }
        out_c(o, "\n");
        out_str(o, f->rest);
}

/* ---- Those that are kept --------------------------------------------------------------------------------------------------------- */

enum { WHOLES_FIRST = 24 << 20, WHOLES_MAX = 64 << 20, TABLE_FIRST = 256, STEPS_MAX = 64, MET = 1 << 15 };

/* So often does a kind of machine come before one of its files is kept, and so many of them are: where each differs in something that is
 * left out, all would only fill memory. */
enum { MET_TIMES = 4, MET_FILES = 2, MET_MASK = 7 };

/* Of those that are worth it, so many are kept while none is of use: each is as large as all else that is done for a file. */
enum { ONE_OF = 16 };

static bool is_shape_noted(const struct wholes *w, uint32_t shape) {
        return w->shapes[shape / 8] >> shape % 8 & 1;
}

/* Where it stands, or would; NULL: texts were chosen that meet in one place. */
static struct whole **place(struct whole **table, uint32_t size, uint64_t hash, struct str cut) {
        uint32_t at = (uint32_t)hash & (size - 1);

        for (int steps = 0; steps < STEPS_MAX; steps++, at = (at + 1) & (size - 1))
                if (!table[at] || (table[at]->hash == hash && str_eq(table[at]->cut, cut)))
                        return &table[at];
        return NULL;
}

const struct whole *wholes_find(struct wholes *w, const struct whole_file *f, struct out *cut) {
        struct whole **at;

        if (!w->table || !is_shape_noted(w, f->shape))
                return NULL;
        cut->len = 0;
        whole_cut(cut, f);
        at = place(w->table, w->size, pieces_hash(out_text(cut)), out_text(cut));
        if (!at || !*at)
                return NULL;
        w->told++;
        if (w->useless && w->met) /* those that were passed over come again */
                memset(w->met, 0, MET * sizeof(*w->met));
        w->useless = false;
        return *at;
}

bool wholes_meet(struct wholes *w, uint64_t hash) {
        uint64_t *met, count;

        if (!w->met)
                w->met = arena_array(&w->arena, uint64_t, MET);
        met = &w->met[hash >> 8 & (MET - 1)];
        count = (*met & ~(uint64_t)MET_MASK) == (hash & ~(uint64_t)MET_MASK) ? *met & MET_MASK : 0;
        count += count < MET_TIMES + MET_FILES;
        *met = (hash & ~(uint64_t)MET_MASK) | count;
        return count >= MET_TIMES && count < MET_TIMES + MET_FILES && (!w->useless || w->asked++ % ONE_OF == 0);
}

static void forget(struct wholes *w) {
        struct wholes fresh = { .arena = w->arena, .limit = w->limit, .useless = w->told < w->count };

        arena_reset(&fresh.arena);
        *w = fresh;
}

static void grow(struct wholes *w) {
        uint32_t larger = w->size ? w->size * 2 : TABLE_FIRST;
        struct whole **table = arena_array(&w->arena, struct whole *, larger);

        for (uint32_t i = 0; i < w->size; i++) {
                struct whole **at = w->table[i] ? place(table, larger, w->table[i]->hash, w->table[i]->cut) : NULL;

                if (at)
                        *at = w->table[i];
        }
        w->table = table;
        w->size = larger;
        w->bytes += (ptrdiff_t)larger * (ptrdiff_t)sizeof(*table);
}

void wholes_keep(struct wholes *w, const struct whole_file *f, const struct sight *s, struct str cut, struct str tail, uint8_t code) {
        uint32_t count = f->count;
        struct whole **at, *kept;

        for (ptrdiff_t i = 0; i < s->count; i++)
                count -= pieces_names(&s->chunks[i]);
        if (count != 0 || !str_eq(f->captured, s->captured) || !str_eq(f->name, s->name))
                return;
        w->limit = w->limit ? w->limit : WHOLES_FIRST;
        if (w->bytes > w->limit && w->told > 2 * w->count && w->limit < WHOLES_MAX)
                w->limit *= 2;
        else if (w->bytes > w->limit)
                forget(w);
        if (2 * w->count >= w->size)
                grow(w);
        at = place(w->table, w->size, pieces_hash(cut), cut);
        if (!at || *at)
                return;
        *at = kept = arena_new(&w->arena, struct whole);
        *kept = (struct whole){ .hash = pieces_hash(cut), .cut = str_dup(&w->arena, cut), .tail = str_dup(&w->arena, tail), .code = code };
        w->bytes += (ptrdiff_t)sizeof(*kept) + cut.len + tail.len;
        w->count++;
        w->shapes[f->shape / 8] |= (unsigned char)(1u << f->shape % 8);
}

void wholes_free(struct wholes *w) {
        arena_free(&w->arena);
        *w = (struct wholes){ 0 };
}
