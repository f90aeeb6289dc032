#include "apply/carry.h"

#include <errno.h>
#include <string.h>

#include "apply/realise_hives.h"
#include "apply/registry_deed.h"
#include "platform/process.h"

static const char *c_path(struct journal *j, struct str path) {
        return str_to_c(j->a, path);
}

static int cannot(struct diag *d, const char *what, struct str path, int error) {
        return diag_fail(d, "cannot %s '%.*s': %s", what, STR_ARG(path), tree_edit_error(error));
}

/* ---- What is there ---- */

enum now { NOW_OLD, NOW_NEW, NOW_OTHER };

static bool same_file(const struct tree_file *x, const struct tree_file *y) {
        return x->exists == y->exists && (!x->exists || (x->mode == y->mode && x->uid == y->uid && x->gid == y->gid));
}

static int look_value(struct journal *j, const struct deed *deed, enum now *ret, struct diag *d) {
        struct str now;

        if (registry_now(j, deed, &now, d) < 0)
                return -1;
        *ret = str_eq(now, deed->new) ? NOW_NEW : str_eq(now, deed->old) ? NOW_OLD : NOW_OTHER;
        return 0;
}

/* What stands at the deed's place: what was there, what was put there, or something else. */
static int look(struct journal *j, const struct deed *deed, enum now *ret, struct diag *d) {
        struct tree_file is;
        struct str text = S("");
        char hash[65];
        int error;

        if (deed->kind == DEED_REGISTRY)
                return look_value(j, deed, ret, d);
        error = tree_look(j->tree, c_path(j, deed->path), &is);

        if (!error && is.exists)
                error = tree_read(j->tree, c_path(j, deed->path), j->file_max, j->a, &text);
        if (error)
                return cannot(d, "read", deed->path, error);
        text_hash(text, hash);
        if (is.exists && memcmp(hash, deed->new_hash, 64) == 0)
                *ret = NOW_NEW;
        else if (same_file(&is, &deed->was) && memcmp(hash, deed->old_hash, 64) == 0)
                *ret = NOW_OLD;
        else
                *ret = NOW_OTHER;
        return 0;
}

static struct str folder_of(struct str path) {
        ptrdiff_t n = path.len;

        while (n > 0 && path.p[n - 1] != '/')
                n--;
        return str_sub(path, 0, n > 1 ? n - 1 : 1);
}

/* ---- Forward ---- */

/* The folders that are made or get a new time, from the uppermost on. */
static int note_folder(struct journal *j, struct entry *e, struct str path, struct diag *d) {
        struct entry_folder f = { .path = path };
        int error;

        if (path.len <= 1)
                return 0;
        for (ptrdiff_t i = 0; i < e->folders.count; i++)
                if (str_eq(e->folders.items[i].path, path))
                        return 0;
        error = tree_look_folder(j->tree, c_path(j, path), &f.was);
        if (error)
                return cannot(d, "look at", path, error);
        if (!f.was.exists && note_folder(j, e, folder_of(path), d) < 0)
                return -1;
        *arena_append(j->a, &e->folders) = f;
        return 0;
}

/* The owner of a new file is that of the tree. */
static void new_owner(struct journal *j, struct tree_file *f) {
        struct tree_file place = { 0 };

        (void)tree_look_folder(j->tree, j->place, &place);
        *f = (struct tree_file){ .mode = 0644, .uid = place.uid, .gid = place.gid };
}

static int fill_entry(struct journal *j, struct entry *e, const struct carried *what, struct diag *d) {
        const struct deeds *deeds = what->deeds;
        char hash[65];

        deeds_hash(deeds, hash);
        *e = (struct entry){ .plan = str_dup(j->a, str_n(hash, 64)), .when = what->when, .boot = what->boot, .kernels = what->kernels,
                             .commands_wait = !j->tree->live && deeds->commands.count > 0 };
        for (ptrdiff_t i = 0; i < what->step_count; i++)
                *arena_append(j->a, &e->steps) = what->steps[i];
        for (ptrdiff_t i = 0; i < deeds->files.count; i++) {
                const struct deed *one = &deeds->files.items[i];

                *arena_append(j->a, &e->files) = *one;
                if (deed_is_file(one) && note_folder(j, e, folder_of(one->path), d) < 0)
                        return -1;
                if (one->kind == DEED_REGISTRY && registry_note_keys(j, e, one, d) < 0)
                        return -1;
        }
        for (ptrdiff_t i = 0; i < deeds->commands.count; i++)
                *arena_append(j->a, &e->commands) = deeds->commands.items[i];
        return 0;
}

/* What commands will write is kept as well. */
static int keep_results(struct journal *j, struct entry *e, struct diag *d) {
        for (ptrdiff_t i = 0; j->tree->live && i < e->commands.count; i++) {
                struct deed one = { .kind = DEED_FILE, .step = e->commands.items[i].step, .path = e->commands.items[i].result };
                int error;

                if (one.path.len == 0)
                        continue;
                error = tree_look(j->tree, c_path(j, one.path), &one.was);
                if (!error && one.was.exists)
                        error = tree_read(j->tree, c_path(j, one.path), DEED_FILE_MAX, j->a, &one.old);
                if (error)
                        return cannot(d, "keep", one.path, error);
                text_hash(one.old, one.old_hash);
                *arena_append(j->a, &e->results) = one;
                if (note_folder(j, e, folder_of(one.path), d) < 0)
                        return -1;
        }
        return 0;
}

static int make_folders(struct journal *j, const struct entry *e, struct diag *d) {
        for (ptrdiff_t i = 0; i < e->folders.count; i++) {
                const struct entry_folder *f = &e->folders.items[i];
                int error = f->was.exists ? 0 : tree_make_folder(j->tree, c_path(j, f->path), 0755);

                if (error && error != EEXIST)
                        return cannot(d, "make", f->path, error);
        }
        return 0;
}

/* What was read when the plan was made is looked at again, immediately before it is replaced. */
static int write_file(struct journal *j, const struct deed *deed, struct diag *d) {
        struct tree_file like = deed->was;
        enum now now;
        int error;

        if (look(j, deed, &now, d) < 0)
                return -1;
        if (now != NOW_OLD)
                return diag_fail(d, "'%.*s' was changed at the same time", STR_ARG(deed->path));
        if (!like.exists)
                new_owner(j, &like);
        error = tree_put(j->tree, c_path(j, deed->path), deed->new, &like, false);
        return error ? cannot(d, "write", deed->path, error) : 0;
}

static int write_value(struct journal *j, struct str path, struct str value, struct diag *d) {
        int error = tree_write_value(j->tree, c_path(j, path), value);

        return error ? cannot(d, "set", path, error) : 0;
}

static int run_command(struct journal *j, const struct str_list *words, struct diag *d) {
        const char **argv = arena_array(j->a, const char *, words->count + 1);
        struct str output;

        for (uint32_t i = 0; i < words->count; i++)
                argv[i] = str_to_c(j->a, words->items[i]);
        return process_run(argv, j->a, &output, d);
}

static int run_commands(struct journal *j, const struct entry *e, bool packages, struct diag *d) {
        for (ptrdiff_t i = 0; j->tree->live && i < e->commands.count; i++)
                if (e->commands.items[i].package == packages && run_command(j, &e->commands.items[i].argv, d) < 0)
                        return -1;
        return 0;
}

static int take_results(struct journal *j, struct entry *e, struct diag *d) {
        for (ptrdiff_t i = 0; i < e->results.count; i++) {
                struct deed *one = &e->results.items[i];
                struct str text;
                int error = tree_read(j->tree, c_path(j, one->path), DEED_FILE_MAX, j->a, &text);

                if (error)
                        return cannot(d, "read", one->path, error);
                text_hash(text, one->new_hash);
        }
        return 0;
}

static int do_one(struct journal *j, const struct deed *one, struct diag *d) {
        enum now now;

        if (deed_is_file(one))
                return write_file(j, one, d);
        if (one->kind == DEED_VALUE)
                return write_value(j, one->path, one->new, d);
        if (look(j, one, &now, d) < 0)
                return -1;
        return now == NOW_OLD ? registry_set(j, one, one->new, d)
                              : diag_fail(d, "'%.*s' was changed at the same time", STR_ARG(one->path));
}

static int go(struct journal *j, struct entry *e, struct diag *d) {
        if (make_folders(j, e, d) < 0 || registry_make_keys(j, e, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < e->files.count; i++)
                if (do_one(j, &e->files.items[i], d) < 0)
                        return -1;
        if (run_commands(j, e, false, d) < 0)
                return -1;
        if (take_results(j, e, d) < 0)
                return -1;
        e->state = ENTRY_APPLIED;
        return journal_update(j, e, d);
}

int carry_out(struct journal *j, const struct carried *what, struct entry **ret, struct diag *d) {
        struct carry_remarks remarks = { 0 };
        struct diag first = { 0 }, back = { 0 };
        struct entry e;

        if (fill_entry(j, &e, what, d) < 0 || keep_results(j, &e, d) < 0 || journal_begin(j, &e, d) < 0)
                return -1;
        *ret = &j->entries.items[j->entries.count - 1];
        if (go(j, *ret, &first) == 0) /* settings stand, whatever becomes of the packages */
                return run_commands(j, *ret, true, d);
        (*ret)->state = ENTRY_APPLYING;
        if (carry_back(j, *ret, (*ret)->kernels, &remarks, &back) < 0)
                return diag_fail(d, "%s; and what was changed could not be taken back: %s. When the cause is gone, fix --rollback does it",
                                 first.text, back.text);
        return diag_fail(d, "%s; what was changed is taken back", first.text);
}

/* ---- Back ---- */

/* A hive is another file as soon as its Windows ran: then the values that were set are put back, and all others stay. `ret` is the hive
 * as it should be; as it is, where they were put back already. */
static int hive_back(struct journal *j, const struct entry *e, struct str path, struct str *ret, struct diag *d) {
        struct changes made = { 0 };
        struct deeds back = { 0 };
        int error;

        for (ptrdiff_t i = 0; i < e->steps.count; i++)
                for (ptrdiff_t k = 0; k < e->steps.items[i].changes.count; k++)
                        *arena_append(j->a, &made) = e->steps.items[i].changes.items[k];
        realise_hives_back(&back, j->a, j->tree, &made);
        if (back.refusals.count)
                return diag_fail(d, "'%.*s' was changed since fix %llu, and its values cannot be put back: %.*s: %.*s; nothing was touched",
                                 STR_ARG(path), (unsigned long long)e->id, STR_ARG(back.refusals.items[0].what),
                                 STR_ARG(back.refusals.items[0].why));
        if (deeds_hive_text(&back, path, ret))
                return 0;
        error = tree_read(j->tree, c_path(j, path), j->file_max, j->a, ret);
        return error ? cannot(d, "read", path, error) : 0;
}

static int undo_hive(struct journal *j, const struct entry *e, struct str path, struct carry_remarks *remarks, struct diag *d) {
        struct tree_file is;
        struct str text;
        int error;

        if (hive_back(j, e, path, &text, d) < 0)
                return -1;
        error = tree_look(j->tree, c_path(j, path), &is);
        if (!error)
                error = tree_put(j->tree, c_path(j, path), text, &is, false);
        if (error)
                return cannot(d, "restore", path, error);
        *arena_append(j->a, remarks) = str_fmt(j->a, "%.*s was changed since, by Windows or by you: the values that fix set are as before, the "
                                                     "rest stays", STR_ARG(path));
        return 0;
}

/* First everything is looked at: half a way back would be a third state. */
static int check_back(struct journal *j, const struct entry *e, struct diag *d) {
        for (ptrdiff_t i = 0; i < e->files.count; i++) {
                struct str text;
                enum now now;

                if (e->files.items[i].kind == DEED_VALUE)
                        continue;
                if (look(j, &e->files.items[i], &now, d) < 0)
                        return -1;
                if (now == NOW_OTHER && e->files.items[i].kind == DEED_HIVE) {
                        if (hive_back(j, e, e->files.items[i].path, &text, d) < 0)
                                return -1;
                        continue;
                }
                if (now == NOW_OTHER && e->files.items[i].kind == DEED_REGISTRY)
                        return diag_fail(d, "'%.*s' was changed since fix %llu: it cannot be taken back, and nothing was touched; "
                                            "%s/%llu/record.json holds what it was before",
                                         STR_ARG(e->files.items[i].path), (unsigned long long)e->id, j->place, (unsigned long long)e->id);
                if (now == NOW_OTHER)
                        return diag_fail(d, "'%.*s' was changed since fix %llu: it cannot be taken back byte for byte, and nothing was "
                                            "touched; %s/%llu/old-%td holds what it was before",
                                         STR_ARG(e->files.items[i].path), (unsigned long long)e->id, j->place, (unsigned long long)e->id, i);
        }
        return 0;
}

static int restore_file(struct journal *j, const struct entry *e, bool result, ptrdiff_t n, struct diag *d) {
        const struct deed *deed = result ? &e->results.items[n] : &e->files.items[n];
        struct str old;
        int error;

        if (!deed->was.exists) {
                error = tree_drop(j->tree, c_path(j, deed->path));
        } else {
                if (journal_old(j, e, result, n, &old, d) < 0)
                        return -1;
                error = tree_put(j->tree, c_path(j, deed->path), old, &deed->was, true);
        }
        return error ? cannot(d, "restore", deed->path, error) : 0;
}

static int undo_one(struct journal *j, const struct entry *e, ptrdiff_t n, struct carry_remarks *remarks, struct diag *d) {
        const struct deed *deed = &e->files.items[n];
        enum now now;
        int error = deed_is_file(deed) ? tree_put_clean(j->tree, c_path(j, deed->path)) : 0;

        if (error)
                return cannot(d, "restore", deed->path, error);
        if (look(j, deed, &now, d) < 0)
                return -1;
        if (now == NOW_OTHER && deed->kind == DEED_HIVE)
                return undo_hive(j, e, deed->path, remarks, d);
        if (now != NOW_NEW)
                return 0;
        return deed_is_file(deed) ? restore_file(j, e, false, n, d) : registry_set(j, deed, deed->old, d);
}

/* A value that is neither the old nor the new one belongs to who set it; so does one that the kernel does not give back. */
static void undo_value(struct journal *j, const struct deed *deed, struct carry_remarks *remarks) {
        struct str now;
        int error = tree_read(j->tree, c_path(j, deed->path), 4096, j->a, &now);

        if (!error && str_eq(str_trim(now), deed->new))
                error = tree_write_value(j->tree, c_path(j, deed->path), deed->old);
        else if (!error && str_eq(str_trim(now), deed->old))
                return;
        else
                error = error ? error : EBUSY;
        if (error)
                *arena_append(j->a, remarks) = str_fmt(j->a, "%.*s keeps its value until the restart: %s", STR_ARG(deed->path),
                                                       error == EBUSY ? "it was changed since" : tree_edit_error(error));
}

/* What a command wrote is restored byte for byte where it still is what the command wrote, and names the same kernels. */
static bool result_restores(struct journal *j, const struct entry *e, const struct deed *one, struct str kernels) {
        struct str text;
        char hash[65];

        if (!str_eq(e->kernels, kernels))
                return false;
        if (tree_read(j->tree, c_path(j, one->path), DEED_FILE_MAX, j->a, &text) != 0)
                return e->state != ENTRY_APPLIED; /* the command was interrupted */
        text_hash(text, hash);
        return one->new_hash[0] == '\0' || memcmp(hash, one->new_hash, 64) == 0 || memcmp(hash, one->old_hash, 64) == 0;
}

static bool same_time(const struct tree_file *x, const struct tree_file *y) {
        return x->seconds == y->seconds && x->nanoseconds == y->nanoseconds;
}

/* It is what it was, down to its time: nothing is written, which a file system that became read-only would not let. */
static bool is_untouched(struct journal *j, const struct deed *one) {
        struct tree_file is;
        struct str text;
        char hash[65];

        if (tree_look(j->tree, c_path(j, one->path), &is) != 0 || !is.exists || !same_file(&is, &one->was) || !same_time(&is, &one->was) ||
            tree_read(j->tree, c_path(j, one->path), DEED_FILE_MAX, j->a, &text) != 0)
                return false;
        text_hash(text, hash);
        return memcmp(hash, one->old_hash, 64) == 0;
}

static ptrdiff_t result_of(const struct entry *e, struct str path) {
        for (ptrdiff_t i = 0; path.len && i < e->results.count; i++)
                if (str_eq(e->results.items[i].path, path))
                        return i;
        return -1;
}

static int undo_command(struct journal *j, const struct entry *e, const struct errand *c, struct str kernels, struct carry_remarks *remarks,
                        struct diag *d) {
        ptrdiff_t n = result_of(e, c->result);

        if (n >= 0 && str_eq(e->kernels, kernels) && is_untouched(j, &e->results.items[n]))
                return 0;
        if (n >= 0 && result_restores(j, e, &e->results.items[n], kernels))
                return restore_file(j, e, true, n, d);
        if (run_command(j, c->undo.count ? &c->undo : &c->argv, d) < 0)
                return -1;
        if (c->undo.count)
                return 0;
        *arena_append(j->a, remarks) = n >= 0 ? str_fmt(j->a, "%.*s was generated again, since kernels or the file itself changed since",
                                                         STR_ARG(c->result))
                                              : str_fmt(j->a, "'%.*s' was run again", STR_ARG(errand_text(j->a, c)));
        return 0;
}

static int restore_folders(struct journal *j, const struct entry *e, struct diag *d) {
        for (ptrdiff_t i = e->folders.count - 1; i >= 0; i--) {
                const struct entry_folder *f = &e->folders.items[i];
                struct tree_file is;
                int error = 0;

                if (f->was.exists && tree_look_folder(j->tree, c_path(j, f->path), &is) == 0 && same_time(&is, &f->was))
                        continue;
                error = f->was.exists ? tree_set_times(j->tree, c_path(j, f->path), &f->was) : tree_drop_folder(j->tree, c_path(j, f->path));

                if (error && error != ENOENT && error != ENOTEMPTY)
                        return cannot(d, f->was.exists ? "restore the time of" : "remove", f->path, error);
        }
        return 0;
}

static int undo_all(struct journal *j, struct entry *e, struct str kernels, struct carry_remarks *remarks, struct diag *d) {
        for (ptrdiff_t i = e->files.count - 1; i >= 0; i--)
                if (e->files.items[i].kind != DEED_VALUE && undo_one(j, e, i, remarks, d) < 0)
                        return -1;
        for (ptrdiff_t i = 0; i < e->files.count; i++)
                if (e->files.items[i].kind == DEED_VALUE)
                        undo_value(j, &e->files.items[i], remarks);
        for (ptrdiff_t i = 0; j->tree->live && i < e->commands.count; i++)
                if (!e->commands.items[i].package && undo_command(j, e, &e->commands.items[i], kernels, remarks, d) < 0)
                        return -1;
        return registry_drop_keys(j, e, d) < 0 ? -1 : restore_folders(j, e, d);
}

int carry_back(struct journal *j, struct entry *e, struct str kernels, struct carry_remarks *remarks, struct diag *d) {
        enum entry_state before = e->state;

        if (check_back(j, e, d) < 0)
                return -1;
        if (before == ENTRY_APPLIED) {
                e->state = ENTRY_ROLLING_BACK;
                if (journal_update(j, e, d) < 0)
                        return -1;
        }
        if (undo_all(j, e, kernels, remarks, d) < 0)
                return -1;
        e->state = ENTRY_ROLLED_BACK;
        return journal_update(j, e, d);
}
