#include "apply/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/journal_text.h"

static const struct tree_file private_file = { .mode = 0600 };

static int fail(struct diag *d, const char *what, const char *path, int error) {
        return diag_fail(d, "cannot %s '%s': %s%s", what, path, tree_edit_error(error), error == EACCES ? "; run this as root" : "");
}

static const char *path_in(struct journal *j, const char *folder, const char *name) {
        return str_fmt(j->a, "%s/%s/%s", j->place, folder, name).p;
}

static const char *folder_in(struct journal *j, const char *folder) {
        return str_fmt(j->a, "%s/%s", j->place, folder).p;
}

static const char *number_name(struct journal *j, uint64_t id) {
        return str_fmt(j->a, "%llu", (unsigned long long)id).p;
}

/* ---- Reading ---- */

static int read_entry(struct journal *j, struct str name, struct diag *d) {
        const char *path = path_in(j, str_to_c(j->a, name), "record.json");
        struct str text;
        int error = tree_read(j->tree, path, DEED_FILE_MAX, j->a, &text);

        if (error)
                return fail(d, "read", path, error);
        return entry_parse(arena_append(j->a, &j->entries), j->a, path, text, d);
}

static void sort(struct journal *j) {
        for (ptrdiff_t i = 1; i < j->entries.count; i++)
                for (ptrdiff_t k = i; k > 0 && j->entries.items[k].id < j->entries.items[k - 1].id; k--) {
                        struct entry e = j->entries.items[k];

                        j->entries.items[k] = j->entries.items[k - 1];
                        j->entries.items[k - 1] = e;
                }
}

static int read_all(struct journal *j, struct diag *d) {
        struct tree_names names;
        int error = tree_list(j->tree, j->place, j->a, &names);
        uint64_t id;

        if (error == ENOENT || error == ENOTDIR)
                return 0;
        if (error)
                return fail(d, "read", j->place, error);
        for (ptrdiff_t i = 0; i < names.count; i++)
                if (str_to_u64(names.items[i], &id) && read_entry(j, names.items[i], d) < 0)
                        return -1;
        sort(j);
        return 0;
}

int journal_read(struct journal *ret, struct arena *a, struct tree *t, const char *place, struct diag *d) {
        *ret = (struct journal){ .tree = t, .a = a, .place = place, .file_max = DEED_FILE_MAX, .lock = -1 };
        return read_all(ret, d);
}

/* What was begun and is no entry yet changed nothing. */
static int clear_new(struct journal *j, struct diag *d) {
        struct tree_names names;
        int error = tree_list(j->tree, folder_in(j, "new"), j->a, &names);

        if (error == ENOENT)
                return 0;
        for (ptrdiff_t i = 0; !error && i < names.count; i++)
                error = tree_drop(j->tree, path_in(j, "new", str_to_c(j->a, names.items[i])));
        if (!error)
                error = tree_drop_folder(j->tree, folder_in(j, "new"));
        return error ? fail(d, "clear", folder_in(j, "new"), error) : 0;
}

/* What was kept is nobody else's to read; data that came later lies beside it, for everybody (cli/data_store.h). */
static int make_place(struct journal *j, struct diag *d) {
        struct str place = str_of(j->place);
        ptrdiff_t deep = 0, depth = 0;

        for (ptrdiff_t i = 1; i <= place.len; i++)
                deep += i == place.len || place.p[i] == '/';
        for (ptrdiff_t i = 1; i <= place.len; i++) {
                const char *folder = str_to_c(j->a, str_n(place.p, i));
                int error = 0;

                if (i == place.len || place.p[i] == '/')
                        error = tree_make_folder(j->tree, folder, deep - depth++ > 1 ? 0755 : 0700);
                if (error && error != EEXIST)
                        return fail(d, "make", folder, error);
        }
        return 0;
}

int journal_open(struct journal *ret, struct arena *a, struct tree *t, const char *place, struct diag *d) {
        int error;

        *ret = (struct journal){ .tree = t, .a = a, .place = place, .file_max = DEED_FILE_MAX, .lock = -1 };
        if (make_place(ret, d) < 0)
                return -1;
        error = tree_lock(t, folder_in(ret, "lock"), &ret->lock);
        if (error == EWOULDBLOCK)
                return diag_fail(d, "another sidelight is changing this machine now: wait until it has ended");
        if (error)
                return fail(d, "lock", place, error);
        if (clear_new(ret, d) < 0 || read_all(ret, d) < 0) {
                journal_close(ret);
                return -1;
        }
        return 0;
}

void journal_close(struct journal *j) {
        tree_unlock(j->lock);
        j->lock = -1;
}

/* ---- Writing ---- */

static int put(struct journal *j, const char *path, struct str text, struct diag *d) {
        int error;
        struct tree_file like = private_file, folder;

        (void)tree_look_folder(j->tree, j->place, &folder);
        like.uid = folder.uid;
        like.gid = folder.gid;
        error = tree_put(j->tree, path, text, &like, false);
        return error ? fail(d, "write", path, error) : 0;
}

static int put_record(struct journal *j, const char *folder, const struct entry *e, struct diag *d) {
        OUT_AUTO struct out text = { 0 };

        entry_write(e, &text);
        return put(j, path_in(j, folder, "record.json"), out_text(&text), d);
}

static int put_old(struct journal *j, const char *kind, const struct deed *deeds, ptrdiff_t count, struct diag *d) {
        for (ptrdiff_t i = 0; i < count; i++)
                if (deed_is_file(&deeds[i]) && deeds[i].was.exists &&
                    put(j, path_in(j, "new", str_fmt(j->a, "%s-%td", kind, i).p), deeds[i].old, d) < 0)
                        return -1;
        return 0;
}

int journal_begin(struct journal *j, struct entry *e, struct diag *d) {
        int error;

        e->id = j->entries.count ? j->entries.items[j->entries.count - 1].id + 1 : 1;
        e->state = ENTRY_APPLYING;
        error = tree_make_folder(j->tree, folder_in(j, "new"), 0700);
        if (error)
                return fail(d, "make", folder_in(j, "new"), error);
        if (put_old(j, "old", e->files.items, e->files.count, d) < 0 || put_old(j, "result", e->results.items, e->results.count, d) < 0 ||
            put_record(j, "new", e, d) < 0) {
                (void)clear_new(j, &(struct diag){ 0 });
                return -1;
        }
        error = tree_rename(j->tree, folder_in(j, "new"), folder_in(j, number_name(j, e->id)));
        if (error)
                return fail(d, "make", j->place, error);
        *arena_append(j->a, &j->entries) = *e;
        return 0;
}

int journal_update(struct journal *j, const struct entry *e, struct diag *d) {
        return put_record(j, number_name(j, e->id), e, d);
}

int journal_old(struct journal *j, const struct entry *e, bool result, ptrdiff_t n, struct str *ret, struct diag *d) {
        const struct deed *deed = result ? &e->results.items[n] : &e->files.items[n];
        const char *path = path_in(j, number_name(j, e->id), str_fmt(j->a, "%s-%td", result ? "result" : "old", n).p);
        char hash[65];
        int error = tree_read(j->tree, path, j->file_max, j->a, ret);

        if (error)
                return fail(d, "read", path, error);
        text_hash(*ret, hash);
        if (memcmp(hash, deed->old_hash, 64) != 0)
                return diag_fail(d, "'%s' is damaged: it is not what '%.*s' held", path, STR_ARG(deed->path));
        return 0;
}

struct entry *journal_entry(struct journal *j, uint64_t id) {
        for (ptrdiff_t i = j->entries.count - 1; i >= 0; i--)
                if (id ? j->entries.items[i].id == id : j->entries.items[i].state != ENTRY_ROLLED_BACK)
                        return &j->entries.items[i];
        return NULL;
}

struct entry *journal_interrupted(struct journal *j) {
        for (ptrdiff_t i = 0; i < j->entries.count; i++)
                if (j->entries.items[i].state == ENTRY_APPLYING || j->entries.items[i].state == ENTRY_ROLLING_BACK)
                        return &j->entries.items[i];
        return NULL;
}
