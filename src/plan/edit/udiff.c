#include "plan/edit/udiff.h"

enum { CONTEXT = 3, DIFFERENCES_MAX = 2000 };

/* Lines, each with its line feed. */
struct side {
        struct str *lines;
        bool *differs;
        ptrdiff_t count;
};

struct diff {
        struct arena arena;
        struct side old, new;
};

static void split(struct side *ret, struct arena *a, struct str text) {
        ptrdiff_t capacity = 0;

        *ret = (struct side){ 0 };
        while (text.len > 0) {
                ptrdiff_t n = str_find_char(text, '\n');

                n = n < 0 ? text.len : n + 1;
                *(struct str *)arena_push(a, (void **)&ret->lines, &ret->count, &capacity, (ptrdiff_t)sizeof(struct str)) = str_n(text.p, n);
                text = str_from(text, n);
        }
        ret->differs = arena_array(a, bool, ret->count + 1);
}

/* ---- Which lines differ: the greedy algorithm of Myers (1986), with what was reached at each number of differences kept ---- */

struct middle {
        struct diff *d;
        ptrdiff_t from_old, to_old, from_new, to_new; /* without what is the same in front and behind */
};

static bool same(const struct middle *m, ptrdiff_t x, ptrdiff_t y) {
        return x < m->to_old - m->from_old && y < m->to_new - m->from_new &&
               str_eq(m->d->old.lines[m->from_old + x], m->d->new.lines[m->from_new + y]);
}

/* Whether the furthest path on diagonal k with d differences comes from k + 1: by a line of the new side. */
static bool comes_down(const int32_t *v, ptrdiff_t d, ptrdiff_t k) {
        return k == -d || (k != d && v[k - 1] < v[k + 1]);
}

/* Follows the path back and marks the lines that differ. reached[d] holds what was reached before step d. */
static void mark_path(struct middle *m, int32_t **reached, ptrdiff_t d, ptrdiff_t x, ptrdiff_t y) {
        for (; d > 0; d--) {
                const int32_t *v = reached[d];
                ptrdiff_t k = x - y;
                bool down = comes_down(v, d, k);
                ptrdiff_t before_x = down ? v[k + 1] : v[k - 1], before_y = before_x - (down ? k + 1 : k - 1);

                if (down)
                        m->d->new.differs[m->from_new + before_y] = true;
                else
                        m->d->old.differs[m->from_old + before_x] = true;
                x = before_x;
                y = before_y;
        }
}

static bool find_path(struct middle *m) {
        struct arena *a = &m->d->arena;
        ptrdiff_t n = m->to_old - m->from_old, o = m->to_new - m->from_new, most = n + o < DIFFERENCES_MAX ? n + o : DIFFERENCES_MAX;
        int32_t **reached = arena_array(a, int32_t *, most + 1);
        int32_t *v = arena_array(a, int32_t, 2 * most + 3) + most + 1;

        for (ptrdiff_t d = 0; d <= most; d++) {
                reached[d] = arena_array(a, int32_t, 2 * d + 3) + d + 1;
                memcpy(reached[d] - d - 1, v - d - 1, (size_t)(2 * d + 3) * sizeof(*v));
                for (ptrdiff_t k = -d; k <= d; k += 2) {
                        ptrdiff_t x = d == 0 ? 0 : comes_down(v, d, k) ? v[k + 1] : v[k - 1] + 1;

                        while (same(m, x, x - k))
                                x++;
                        v[k] = (int32_t)x;
                        if (x >= n && x - k >= o) {
                                mark_path(m, reached, d, x, x - k);
                                return true;
                        }
                }
        }
        return false;
}

static void compare(struct diff *d) {
        struct middle m = { .d = d, .to_old = d->old.count, .to_new = d->new.count };

        for (; m.from_old < m.to_old && m.from_new < m.to_new && same(&m, 0, 0); m.from_old++, m.from_new++)
                ;
        for (; m.from_old < m.to_old && m.from_new < m.to_new && str_eq(d->old.lines[m.to_old - 1], d->new.lines[m.to_new - 1]);
             m.to_old--, m.to_new--)
                ;
        if (find_path(&m))
                return;
        for (ptrdiff_t i = m.from_old; i < m.to_old; i++)
                d->old.differs[i] = true;
        for (ptrdiff_t i = m.from_new; i < m.to_new; i++)
                d->new.differs[i] = true;
}

/* ---- How it is written ---- */

static void put_line(struct out *o, char mark, struct str line) {
        out_char(o, mark);
        out_str(o, line);
        if (!str_ends(line, S("\n")))
                out_c(o, "\n\\ No newline at end of file\n");
}

static void put_range(struct out *o, char mark, ptrdiff_t from, ptrdiff_t count) {
        out_fmt(o, " %c%td", mark, from + (count > 0));
        if (count != 1)
                out_fmt(o, ",%td", count);
}

static void put_hunk(struct out *o, const struct diff *d, ptrdiff_t x, ptrdiff_t to_x, ptrdiff_t y, ptrdiff_t to_y) {
        out_c(o, "@@");
        put_range(o, '-', x, to_x - x);
        put_range(o, '+', y, to_y - y);
        out_c(o, " @@\n");
        while (x < to_x || y < to_y) {
                if (x < to_x && d->old.differs[x])
                        put_line(o, '-', d->old.lines[x++]);
                else if (y < to_y && d->new.differs[y])
                        put_line(o, '+', d->new.lines[y++]);
                else
                        put_line(o, ' ', d->old.lines[x]), x++, y++;
        }
}

static void put_hunks(struct out *o, const struct diff *d) {
        ptrdiff_t x = 0, y = 0;

        while (x < d->old.count || y < d->new.count) {
                bool differs = (x < d->old.count && d->old.differs[x]) || (y < d->new.count && d->new.differs[y]);
                ptrdiff_t back, end_x, end_y, equal = 0;

                if (!differs) {
                        x++, y++;
                        continue;
                }
                back = x < CONTEXT ? x : CONTEXT; /* as many stand before it in both: nothing differs above the first, nor close above the others */
                for (end_x = x, end_y = y; equal <= 2 * CONTEXT && (end_x < d->old.count || end_y < d->new.count);) {
                        bool gone = end_x < d->old.count && d->old.differs[end_x], come = end_y < d->new.count && d->new.differs[end_y];

                        equal = gone || come ? 0 : equal + 1;
                        end_x += gone || !come;
                        end_y += !gone;
                }
                equal = equal > CONTEXT ? equal - CONTEXT : 0;
                put_hunk(o, d, x - back, end_x - equal, y - back, end_y - equal);
                x = end_x - equal;
                y = end_y - equal;
        }
}

/* A name as git writes it: what could be misread in quotes. */
static void put_name(struct out *o, const char *side, struct str path, bool none) {
        bool quoted = false, blanks = false;

        if (none) {
                out_c(o, "/dev/null");
                return;
        }
        for (ptrdiff_t i = 0; i < path.len; i++) {
                quoted |= (unsigned char)path.p[i] < 0x20 || path.p[i] == '"' || path.p[i] == '\\' || (unsigned char)path.p[i] >= 0x7f;
                blanks |= path.p[i] == ' ';
        }
        if (!quoted) {
                out_fmt(o, "%s/%.*s%s", side, STR_ARG(path), blanks ? "\t" : "");
                return;
        }
        out_fmt(o, "\"%s/", side);
        for (ptrdiff_t i = 0; i < path.len; i++) {
                unsigned char c = (unsigned char)path.p[i];

                if (c < 0x20 || c >= 0x7f)
                        out_fmt(o, "\\%03o", c);
                else
                        out_fmt(o, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
        }
        out_char(o, '"');
}

static void put_git_header(struct out *o, struct str path, bool made) {
        out_c(o, "diff --git ");
        put_name(o, "a", path, false);
        out_char(o, ' ');
        put_name(o, "b", path, false);
        out_fmt(o, "\n%s file mode 100644\n", made ? "new" : "deleted");
}

void udiff(struct out *o, const struct udiff_file *file) {
        struct diff d = { 0 };
        struct str path = file->path;
        bool made = !file->old.p, gone = !file->new.p;

        while (path.len > 0 && path.p[0] == '/')
                path = str_from(path, 1);
        if (made == gone && str_eq(file->old, file->new))
                return;
        if (file->old.len == 0 && file->new.len == 0) {
                put_git_header(o, path, made);
                return;
        }
        out_c(o, "--- ");
        put_name(o, "a", path, made);
        out_c(o, "\n+++ ");
        put_name(o, "b", path, gone);
        out_char(o, '\n');
        split(&d.old, &d.arena, file->old);
        split(&d.new, &d.arena, file->new);
        compare(&d);
        put_hunks(o, &d);
        arena_free(&d.arena);
}
