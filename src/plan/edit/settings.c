#include "plan/edit/settings.h"

#include <stdlib.h>

static const struct str directories[] = { STR("/etc/"), STR("/run/"), STR("/usr/local/lib/"), STR("/usr/lib/"), STR("/lib/") };
enum { DIRECTORY_COUNT = sizeof(directories) / sizeof(directories[0]) };

/* Which directory a file of the folder is in; DIRECTORY_COUNT: none. */
static size_t rank_of(struct str path, struct str folder, struct str *ret_name) {
        for (size_t i = 0; i < DIRECTORY_COUNT; i++) {
                struct str rest = str_from(path, directories[i].len);

                if (!str_starts(path, directories[i]) || !str_starts(rest, folder))
                        continue;
                rest = str_from(rest, folder.len);
                *ret_name = str_from(rest, 1);
                if (str_starts(rest, S("/")) && str_ends(rest, S(".conf")) && str_find_char(*ret_name, '/') < 0)
                        return i;
        }
        return DIRECTORY_COUNT;
}

struct candidate {
        struct str name;
        size_t rank;
        ptrdiff_t file;
};

/* By name; of those of one name the one that hides the others first. */
static int by_name(const void *a, const void *b) {
        const struct candidate *x = a, *y = b;
        int order = str_cmp(x->name, y->name);

        if (order == 0)
                order = (x->rank > y->rank) - (x->rank < y->rank);
        return order ? order : (x->file > y->file) - (x->file < y->file);
}

struct text_files settings_files(struct arena *a, struct text_files files, struct str folder) {
        struct text_file *items = arena_array(a, struct text_file, files.count + 1);
        struct candidate *all = arena_array(a, struct candidate, files.count + 1);
        ptrdiff_t n = 0, count = 0;
        size_t best = DIRECTORY_COUNT;

        for (ptrdiff_t i = 0; i < files.count; i++) {
                all[n] = (struct candidate){ .file = i };
                all[n].rank = rank_of(files.items[i].path, folder, &all[n].name);
                n += all[n].rank < DIRECTORY_COUNT;
        }
        if (n)
                qsort(all, (size_t)n, sizeof(*all), by_name);
        for (ptrdiff_t i = 0; i < n; i++) {
                if (i == 0 || !str_eq(all[i].name, all[i - 1].name))
                        best = all[i].rank;
                if (all[i].rank == best) /* else it is hidden */
                        items[count++] = files.items[all[i].file];
        }
        return (struct text_files){ .items = items, .count = count };
}

bool settings_own(struct str path) {
        return str_starts(path, directories[0]);
}

void settings_change(struct edited_files *ret, struct arena *a, struct str path, struct str text) {
        ret->outcome = EDITED_DONE;
        *arena_append(a, ret) = (struct text_file){ .path = path, .text = text };
}

void settings_append(struct edited_files *ret, struct arena *a, struct text_files files, struct str own, struct str line) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < files.count; i++)
                if (str_eq(files.items[i].path, own))
                        text = files.items[i].text;
        settings_change(ret, a, own, str_fmt(a, "%.*s%s%.*s\n", STR_ARG(text), text.len && !str_ends(text, S("\n")) ? "\n" : "", STR_ARG(line)));
}

struct text_files settings_changed(struct arena *a, struct text_files files, const struct edited_files *e) {
        struct text_file *items = arena_array(a, struct text_file, files.count + e->count + 1);
        ptrdiff_t count = files.count;

        if (files.count)
                memcpy(items, files.items, (size_t)files.count * sizeof(*items));
        for (ptrdiff_t i = 0; i < e->count; i++) {
                ptrdiff_t at = 0;

                while (at < count && !str_eq(items[at].path, e->items[i].path))
                        at++;
                items[at] = e->items[i];
                count += at == count;
        }
        return (struct text_files){ .items = items, .count = count };
}

struct edited_files settings_refused(struct arena *a, struct str path, uint32_t line, struct str reason) {
        return (struct edited_files){ .outcome = EDITED_REFUSED, .path = path, .line = line, .reason = str_dup(a, reason) };
}
