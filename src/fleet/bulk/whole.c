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

struct answer *whole_find(const struct pieces *p, struct str cut) {
        const struct piece *kept = pieces_find(p, cut);

        return kept ? kept->whole : NULL;
}

bool whole_keep(struct pieces *p, struct str cut, const struct whole_file *f, const struct sight *s, struct answer *a) {
        uint32_t count = f->count;
        struct piece *kept;

        for (ptrdiff_t i = 0; i < s->count; i++)
                count -= pieces_names(&s->chunks[i]);
        kept = count == 0 && str_eq(f->captured, s->captured) && str_eq(f->name, s->name) ? pieces_keep(p, cut) : NULL;
        if (kept)
                kept->whole = a;
        return kept;
}
