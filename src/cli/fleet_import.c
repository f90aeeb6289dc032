/* `fleet import`: what paths hold, into the store. */
#include "fleet/intake.h"

#include "cli/fleet.h"
#include "cli/folder.h"
#include "fleet/judge.h"
#include "platform/archive.h"
#include "platform/tree.h"

enum { DEPTH_MAX = 32 };

struct importing {
        struct cli *cli;
        struct store store;
        struct intake in;
        int64_t files, new_hosts, changed, fingerprints;
        int depth;
};

static int commit(struct importing *m) {
        if (store_commit(&m->store, &m->cli->diag) < 0)
                return -1;
        m->new_hosts += m->store.new_hosts;
        m->changed += m->store.changed_hosts;
        m->fingerprints += m->store.new_fingerprints;
        return 0;
}

/* The reason is in the cli's diag, which is free again after that. */
static int set_aside(struct importing *m, const char *path, struct str bytes) {
        struct diag why = m->cli->diag;

        m->cli->diag = (struct diag){ 0 };
        return intake_aside(&m->in, str_of(path), str_of(why.text), bytes, &m->cli->diag);
}

static int import_file(struct importing *m, const char *path) {
        struct arena *a = &m->in.scratch;
        struct evidence e;
        struct str text = { 0 }, bytes;
        int64_t machines;

        m->files++;
        if (program_read_file(path, INPUT_FILE_MAX, a, &text, &m->cli->diag) < 0)
                return set_aside(m, path, text);
        bytes = text;
        if (archive_looks_like(text) && archive_evidence(&e, &text, a, m->in.catalog, str_of(path), &m->cli->diag) < 0)
                return set_aside(m, path, bytes);
        if (text.p)
                return intake_text(&m->in, str_of(path), text, &machines, &m->cli->diag);
        return intake_evidence(&m->in, &e, S(""), str_of(path), 0, &m->cli->diag);
}

static int import_path(struct importing *m, const char *path);

static int import_folder(struct importing *m, const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t = { .fd = -1 };
        struct tree_names names = { 0 };
        int status = 0, error;

        if (tree_open(&t, path, &m->cli->diag) < 0)
                return set_aside(m, path, S(""));
        error = tree_list(&t, "/", &a, &names);
        if (error || m->depth >= DEPTH_MAX) {
                (void)diag_fail_class(&m->cli->diag, DIAG_NO_INPUT, "cannot list '%s': %s", path,
                                      error ? tree_error_name(error) : "it lies too deep");
                return set_aside(m, path, S(""));
        }
        m->depth++;
        for (ptrdiff_t i = 0; i < names.count && status == 0; i++)
                status = import_path(m, str_fmt(&a, "%s/%.*s%c", path, STR_ARG(names.items[i]), '\0').p);
        m->depth--;
        return status;
}

static int import_path(struct importing *m, const char *path) {
        struct arena_mark mark = arena_mark(&m->in.scratch);
        int status = folder_is_one(path) ? import_folder(m, path) : import_file(m, path);

        arena_release(&m->in.scratch, mark);
        return status == 0 && store_is_full(&m->store) ? commit(m) : status;
}

static void tell(struct importing *m, const struct judged *judged) {
        out_fmt(&m->cli->out, "%lld machines from %lld files: %lld new, %lld changed; %lld kinds were new, %lld judged; %lld files kept aside\n",
                (long long)m->in.reports, (long long)m->files, (long long)m->new_hosts, (long long)m->changed, (long long)m->fingerprints,
                (long long)judged->fingerprints, (long long)m->in.aside);
}

static int import_all(struct importing *m) {
        struct judged judged;

        for (int i = 0; i < m->cli->operand_count; i++)
                if (import_path(m, m->cli->operands[i]) < 0)
                        return -1;
        if (commit(m) < 0 || judge_store(&m->store, m->in.catalog, JUDGE_NEW, m->in.now, &judged, &m->cli->diag) < 0)
                return -1;
        tell(m, &judged);
        return m->in.aside ? EXIT_UNKNOWN : EXIT_CLEAN;
}

int fleet_import(struct cli *c) {
        struct importing m = { .cli = c, .in.now = fleet_now() };
        int status;

        if (input_catalog(c, &m.in.catalog) < 0 || fleet_open(c, DB_CREATE, &m.store, &m.in.tenant) < 0)
                return -1;
        m.in.store = &m.store;
        status = import_all(&m);
        intake_free(&m.in);
        store_close(&m.store);
        return status;
}
