/* A plan for the files of a cloud service: the start-up task in each definition that lacks it. */
#include "cli/fix_here.h"

#include "cli/cloud_files.h"
#include "plan/startup_task.h"
#include "platform/files.h"

/* "a/b/../c" as "/a/c"; nothing where it leads out above. */
static bool within(struct arena *a, struct str path, struct str *ret) {
        struct str rest = path, part, all = S("");
        char *p = arena_bytes(a, path.len + 1);

        for (ptrdiff_t i = 0; i < path.len; i++)
                p[i] = file_is_separator(path.p[i]) ? '/' : path.p[i];
        rest = str_n(p, path.len);
        while (str_cut(&rest, '/', &part)) {
                if (part.len == 0 || str_eq(part, S(".")))
                        continue;
                if (!str_eq(part, S(".."))) {
                        all = str_fmt(a, "%.*s/%.*s", STR_ARG(all), STR_ARG(part));
                        continue;
                }
                if (all.len == 0)
                        return false;
                do
                        all.len--;
                while (all.p[all.len] != '/');
        }
        *ret = all;
        return true;
}

static struct str place_root(const struct fix_run *r) {
        struct str root = str_of(r->place.root);

        while (root.len > 1 && file_is_separator(root.p[root.len - 1]))
                root.len--;
        return root;
}

/* A path that begins with the place's folder, as a path in its tree. */
static bool in_place(struct fix_run *r, struct str path, struct str *ret) {
        struct str root = place_root(r);

        return str_starts(path, root) && within(&r->cli->arena, str_from(path, root.len), ret);
}

static int add_deed(struct fix_run *r, ptrdiff_t n, struct change *c) {
        struct fix_here *h = r->here;
        struct arena *a = &r->cli->arena;
        struct str path, old;
        int error;

        if (!in_place(r, c->target.place, &path)) { /* told as it was given */
                deeds_refuse(&h->deeds, a, n, c->target.place, S("it lies outside of the folder that was given"),
                             S("give the folder above it, in which all of the service's files are"));
                return -1;
        }
        c->target.place = fix_shown_path(r, path);
        c->was = FACT_ABSENT;
        error = tree_read(&h->ground.tree, str_to_c(a, path), DEED_FILE_MAX, a, &old);
        if (!error && str_eq(old, c->new))
                return 0;
        if (error && error != ENOENT) { /* what is there and cannot be read is not made anew */
                deeds_refuse(&h->deeds, a, n, path, str_of(tree_edit_error(error)), S("see what it is, and plan again"));
                return -1;
        }
        if (!error)
                c->was = FACT_KNOWN;
        return deeds_file(&h->deeds, a, &h->ground.tree, n, path, c->new);
}

/* Half a step is none. */
static void add_deeds(struct fix_run *r, ptrdiff_t n) {
        struct changes *all = &r->plan.steps.items[n].step.changes;
        ptrdiff_t before = r->here->deeds.files.count;

        for (ptrdiff_t i = 0; i < all->count; i++)
                if (add_deed(r, n, &all->items[i]) < 0) {
                        r->here->deeds.files.count = before;
                        return;
                }
}

static int add_step(struct fix_run *r, const struct csdef *d) {
        struct cli *c = r->cli;
        struct str *scripts = arena_array(&c->arena, struct str, d->role_count + 1), inside;
        struct startup_request request = { .definition = d, .scripts = scripts, .settings = { .override = 0, .mask = 3 } };
        struct planned_step one = { 0 };

        for (ptrdiff_t i = 0; i < d->role_count; i++) {
                struct str folder;

                if (cloud_files_role_folder(c, d, &d->roles[i], &folder) < 0)
                        return -1;
                while (folder.len > 1 && file_is_separator(folder.p[folder.len - 1]))
                        folder.len--;
                scripts[i] = str_fmt(&c->arena, "%.*s/" STARTUP_TASK_FILE, STR_ARG(folder));
                if (in_place(r, scripts[i], &inside)) /* "Site/../Front" */
                        scripts[i] = str_fmt(&c->arena, "%.*s%.*s", STR_ARG(place_root(r)), STR_ARG(inside));
        }
        if (startup_task_step(&one.step, &c->arena, r->catalog, &request) != 0 || one.step.status == ACTION_DONE)
                return 0;
        if (in_place(r, one.step.target.place, &inside))
                one.step.title = str_fmt(&c->arena, "%.*s (%.*s)", STR_ARG(one.step.title), STR_ARG(str_from(inside, 1)));
        *arena_append(&c->arena, &r->plan.steps) = one;
        add_deeds(r, r->plan.steps.count - 1);
        return 0;
}

int fix_cloud_plan(struct fix_run *r) {
        struct cloud_files files = { .cli = r->cli };
        const char *folders[] = { r->place.root, NULL };
        int status = cloud_files_read(&files, folders);

        if (status != 0)
                return status < 0 ? -1 : diag_fail_class(&r->cli->diag, status == EXIT_FAILED ? DIAG_FAILURE : status == EXIT_NO_INPUT ? DIAG_NO_INPUT : DIAG_INPUT,
                                                         "a file of the service could not be read: nothing is planned");
        if (files.input.csdef_count == 0)
                return diag_fail_class(&r->cli->diag, DIAG_NO_INPUT, "'%s' holds no service definition (.csdef)", r->place.root);
        for (ptrdiff_t i = 0; i < files.input.csdef_count; i++)
                if (add_step(r, &files.input.csdefs[i]) < 0)
                        return -1;
        return 0;
}
