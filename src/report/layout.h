/* Words and tables laid out in columns: widths are counted in code points. */
#ifndef SIDELIGHT_REPORT_LAYOUT_H
#define SIDELIGHT_REPORT_LAYOUT_H

#include "base/arena.h"
#include "base/out.h"
#include "base/str.h"

/* How many columns the text takes. */
int layout_width(struct str text);

/* Cuts the next line of at most `width` columns off `*rest`, at a blank where there is one; newlines in the text are kept.
 * False at the end. */
bool layout_cut(struct str *rest, int width, struct str *ret_line);

/* The text, wrapped; lines after the first are indented by `indent` blanks, the first begins at column `at`. Ends in a
 * newline. */
void layout_wrap(struct out *o, struct str text, int at, int indent, int columns);

/* The text, bold when there are colours; on the line that it stands on. */
void layout_title(struct out *o, struct str text, bool color);

struct cell {
        struct str text;
        const char *color; /* SGR parameters such as "1;31", or NULL */
};

struct table {
        const char *const *titles;
        int column_count;
        int columns;          /* of the terminal */
        int indent;           /* of the last column where it stands below the others */
        int last_min;         /* the last column stands below the others when it would be narrower than this */
        int first_max;        /* a first cell wider than this gets lines of its own, above the others; 0: none does */
        bool color;
        struct cell *items;   /* rows of column_count cells */
        ptrdiff_t count, capacity;
};

/* The last column takes what the others leave; the others are as wide as their longest line, or less on a narrow terminal.
 * Cells are wrapped. */
void table_write(const struct table *t, struct out *o);

/* A fact's value for people: a parameter that was given without a value has an empty one. */
static inline struct str layout_value(struct str value) {
        return value.len ? value : S("(empty)");
}

/* What stands between before and after: an arrow, but where nothing except ASCII can be. */
const char *layout_mark(bool ascii);
/* "programs -> kernel" as it is shown: with that arrow. */
struct str layout_arrow(struct arena *a, struct str text, bool ascii);

#endif
