#include "cloud/remark.h"

const char *remark_level_word(enum remark_level level) {
        static const char *const words[] = {
#define X(name, word) [REMARK_##name] = (word),
                REMARK_LEVELS(X)
#undef X
        };
        return words[level];
}

ptrdiff_t remarks_count(const struct remarks *f, enum remark_level level) {
        ptrdiff_t count = 0;

        for (ptrdiff_t i = 0; i < f->count; i++)
                count += f->items[i].level == level;
        return count;
}

static int cmp(const struct remark *a, const struct remark *b) {
        int by_file = str_cmp(str_of(a->file), str_of(b->file));

        if (by_file)
                return by_file;
        if (a->line != b->line)
                return a->line < b->line ? -1 : 1;
        return (a->column > b->column) - (a->column < b->column);
}

/* Merge sort: stable, so that findings of one element stay in the order of the rules. */
static void sort(struct remark *items, struct remark *room, ptrdiff_t count) {
        ptrdiff_t half = count / 2, left = 0, right = half;

        if (count < 2)
                return;
        sort(items, room, half);
        sort(items + half, room, count - half);
        for (ptrdiff_t i = 0; i < count; i++) {
                bool from_left = right == count || (left < half && cmp(&items[left], &items[right]) <= 0);

                room[i] = from_left ? items[left++] : items[right++];
        }
        memcpy(items, room, (size_t)count * sizeof(*items));
}

void remarks_sort(struct remarks *f, struct arena *scratch) {
        struct arena_mark mark = arena_mark(scratch);

        sort(f->items, arena_array(scratch, struct remark, f->count), f->count);
        arena_release(scratch, mark);
}

bool remarks_speak_of(const struct remarks *f, struct str statement, enum remark_level least) {
        for (ptrdiff_t i = 0; i < f->count; i++) {
                struct str rest = str_of(f->items[i].rule->statements), word;

                while (f->items[i].level >= least && str_word(&rest, &word))
                        if (str_eq(word, statement))
                                return true;
        }
        return false;
}

enum exit_result remarks_exit(const struct remarks *f) {
        if (remarks_count(f, REMARK_ERROR) > 0)
                return EXIT_OPEN;
        return remarks_count(f, REMARK_WARNING) > 0 ? EXIT_UNKNOWN : EXIT_CLEAN;
}
