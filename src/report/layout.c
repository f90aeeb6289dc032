#include "report/layout.h"

#include "base/plain.h"

enum { GAP = 2, COLUMNS_MAX = 8, WIDE = 160, WIDEST = 30 };

int layout_width(struct str text) {
        int width = 0;

        for (ptrdiff_t i = 0; i < text.len; i++)
                width += ((unsigned char)text.p[i] & 0xc0) != 0x80;
        return width;
}

/* The bytes of the first `width` columns. */
static ptrdiff_t bytes_of(struct str text, int width) {
        ptrdiff_t i = 0;

        for (; i < text.len; i++)
                if (((unsigned char)text.p[i] & 0xc0) != 0x80 && width-- == 0)
                        break;
        return i;
}

/* Where a line that must end within `end` bytes had best end: behind a blank, else behind what joins parts of a path or list. */
static ptrdiff_t break_at(struct str text, ptrdiff_t end) {
        ptrdiff_t joint = end;

        if (end >= text.len || text.p[end] == ' ')
                return end;
        for (ptrdiff_t i = end; i > 0; i--) {
                if (text.p[i - 1] == ' ')
                        return i;
                if (joint == end && i > end / 2 && (text.p[i - 1] == '/' || text.p[i - 1] == ',' || text.p[i - 1] == '|'))
                        joint = i;
        }
        return joint;
}

bool layout_cut(struct str *rest, int width, struct str *ret_line) {
        ptrdiff_t end, newline;

        if (rest->len == 0)
                return false;
        end = bytes_of(*rest, width < 1 ? 1 : width);
        newline = str_find_char(str_sub(*rest, 0, end + 1), '\n');
        if (newline >= 0) {
                *ret_line = str_sub(*rest, 0, newline);
                *rest = str_from(*rest, newline + 1);
                return true;
        }
        end = break_at(*rest, end);
        *ret_line = str_trim(str_sub(*rest, 0, end));
        *rest = str_from(*rest, end);
        while (rest->len > 0 && rest->p[0] == ' ')
                *rest = str_from(*rest, 1);
        return true;
}

void layout_wrap(struct out *o, struct str text, int at, int indent, int columns) {
        struct str line;

        while (layout_cut(&text, columns - at, &line)) {
                out_plain(o, line);
                out_char(o, '\n');
                if (text.len > 0)
                        out_repeat(o, ' ', indent);
                at = indent;
        }
}

void layout_title(struct out *o, struct str text, bool color) {
        if (color)
                out_sgr(o, "1");
        out_plain(o, text);
        if (color)
                out_sgr(o, "0");
}

static int widest_line(struct str text) {
        struct str line;
        int widest = 0;

        while (str_cut(&text, '\n', &line))
                widest = layout_width(line) > widest ? layout_width(line) : widest;
        return widest;
}

static void cell_write(struct out *o, const struct table *t, struct str text, const char *color) {
        if (color && t->color)
                out_sgr(o, color);
        out_plain(o, text);
        if (color && t->color)
                out_sgr(o, "0");
}

/* One row: lines side by side until every cell is used up. */
static void row_write(const struct table *t, const struct cell *row, int cells, const int *widths, struct out *o) {
        struct str rest[COLUMNS_MAX], line;
        bool more = true;

        for (int c = 0; c < cells; c++)
                rest[c] = row[c].text;
        while (more) {
                int blanks = 0;

                more = false;
                for (int c = 0; c < cells; c++) {
                        if (layout_cut(&rest[c], widths[c], &line)) {
                                out_repeat(o, ' ', blanks);
                                cell_write(o, t, line, row[c].color);
                                blanks = widths[c] - layout_width(line) + GAP;
                        } else {
                                blanks += widths[c] + GAP;
                        }
                        more = more || rest[c].len > 0;
                }
                out_char(o, '\n');
        }
}

static bool stands_above(const struct table *t, const struct cell *first) {
        return t->first_max && layout_width(first->text) > t->first_max;
}

/* As wide as the longest line, up to a limit that leaves room for the others. */
static int column_width(const struct table *t, int c) {
        int width = layout_width(str_of(t->titles[c]));

        for (ptrdiff_t i = c; i < t->count; i += t->column_count)
                if (!(c == 0 && stands_above(t, &t->items[i])) && widest_line(t->items[i].text) > width)
                        width = widest_line(t->items[i].text);
        return width < WIDEST || t->columns >= WIDE ? width : WIDEST;
}

/* A first cell that needs lines of its own is written on them; `ret_row`: the row that is left. */
static void row_begin(const struct table *t, const struct cell *row, struct cell *ret_row, struct out *o) {
        memcpy(ret_row, row, (size_t)t->column_count * sizeof(*row));
        if (!stands_above(t, row))
                return;
        layout_wrap(o, row->text, 0, t->indent, t->columns);
        ret_row->text = S("");
}

void table_write(const struct table *t, struct out *o) {
        int widths[COLUMNS_MAX], last = t->column_count - 1, left = t->columns;
        struct cell titles[COLUMNS_MAX], rest[COLUMNS_MAX];
        bool below;

        for (int c = 0; c < last; c++) {
                widths[c] = column_width(t, c);
                left -= widths[c] + GAP;
        }
        widths[last] = left;
        below = left < t->last_min;
        for (int c = 0; c <= last; c++)
                titles[c] = (struct cell){ .text = str_of(t->titles[c]), .color = "1" };
        row_write(t, titles, below ? last : last + 1, widths, o);
        for (ptrdiff_t i = 0; i < t->count; i += t->column_count) {
                row_begin(t, &t->items[i], rest, o);
                row_write(t, rest, below ? last : last + 1, widths, o);
                if (below && t->items[i + last].text.len > 0) {
                        out_repeat(o, ' ', t->indent);
                        layout_wrap(o, t->items[i + last].text, t->indent, t->indent, t->columns);
                }
        }
}

const char *layout_mark(bool ascii) {
        return ascii ? "->" : "→";
}

struct str layout_arrow(struct arena *a, struct str text, bool ascii) {
        ptrdiff_t at = str_find(text, S("->"));

        return ascii || at < 0 ? text : str_fmt(a, "%.*s→%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(str_from(text, at + 2)));
}
