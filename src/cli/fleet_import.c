/* `fleet import`: what paths hold, into the store. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fleet_parts.h"
#include "cli/folder.h"
#include "collect/import/import.h"
#include "fleet/ask/changes.h"
#include "fleet/intake/intake.h"
#include "fleet/intake/judge.h"
#include "fleet/serve/alert.h"
#include "fleet/store/audit.h"
#include "fleet/store/moment.h"
#include "platform/archive.h"
#include "platform/files.h"
#include "platform/tree.h"

enum { DEPTH_MAX = 32, PIECE = 1 << 20 };

struct importing {
        struct fleet fleet;
        struct intake in;
        int64_t files, new_hosts, changed, fingerprints;
        int depth, missing;
};

static int commit(struct importing *m) {
        if (store_commit(&m->fleet.store, &m->fleet.cli->diag) < 0)
                return -1;
        m->new_hosts += m->fleet.store.new_hosts;
        m->changed += m->fleet.store.changed_hosts;
        m->fingerprints += m->fleet.store.new_fingerprints;
        return 0;
}

/* Within a long text. */
static int commit_now(void *arg, struct diag *d) {
        (void)d; /* the cli's own */
        return commit(arg);
}

/* The reason is in the cli's diag, which is free again after that. */
static int set_aside(struct importing *m, const char *path, struct str bytes) {
        struct diag why = m->fleet.cli->diag;

        m->fleet.cli->diag = (struct diag){ 0 };
        return intake_aside(&m->in, str_of(path), str_of(why.text), bytes, &m->fleet.cli->diag);
}

/* What has no bytes to keep. Where memory or descriptors ended it is not the file that is bad, and nothing is told as taken in. */
static int unread(struct importing *m, const char *path) {
        return m->fleet.cli->diag.class == DIAG_FAILURE ? -1 : set_aside(m, path, S(""));
}

/* Each machine of several. */
static int import_several(struct importing *m, struct bundle *all) {
        int64_t machines;
        int status = 0;

        for (ptrdiff_t i = 0; i < all->count && status >= 0; i++) {
                struct str name = all->items[i].source, text;
                struct diag *d = &m->fleet.cli->diag;
                struct evidence e;

                if (bundle_take(all, i, &m->in.scratch, &e, &text, d) < 0)
                        status = set_aside(m, str_to_c(&m->in.scratch, name), all->items[i].text);
                else if (text.p)
                        status = intake_text(&m->in, name, text, &machines, d);
                else
                        status = intake_evidence(&m->in, &e, S(""), name, 0, d);
        }
        return status;
}

static int import_archive(struct importing *m, const char *path, struct str bytes, struct str *ret_text) {
        struct bundle several;
        struct evidence e;
        int status;

        *ret_text = bytes;
        status = bundle_archive(&e, ret_text, &several, &m->in.scratch, m->in.catalog, str_of(path), &m->fleet.cli->diag);
        if (status < 0) {
                *ret_text = (struct str){ 0 };
                return set_aside(m, path, bytes);
        }
        if (status == BUNDLE_SEVERAL)
                status = import_several(m, &several);
        else if (ret_text->p)
                return 0;
        else
                status = intake_evidence(&m->in, &e, S(""), str_of(path), 0, &m->fleet.cli->diag);
        return status < 0 ? -1 : intake_well(&m->in, str_of(path), bytes, &m->fleet.cli->diag);
}

static int import_bytes(struct importing *m, const char *path, struct str text) {
        int64_t machines;

        if (archive_looks_like(text) && import_archive(m, path, text, &text) < 0)
                return -1;
        return text.p ? intake_text(&m->in, str_of(path), text, &machines, &m->fleet.cli->diag) : 0;
}

/* What was read of a file, and is not taken in yet. */
struct held {
        struct input_file f;
        char *p;
        ptrdiff_t len, size;
        bool ended;
};

/* Reads on until the memory is full, or the file at its end. */
static int fill(struct importing *m, struct held *h) {
        while (!h->ended && h->len < h->size) {
                ptrdiff_t n = input_take(&h->f, h->p + h->len, h->size - h->len, &m->fleet.cli->diag);

                if (n < 0)
                        return -1;
                h->ended = n == 0;
                h->len += n;
        }
        return 0;
}

/* More memory, and what comes into it. */
static int fill_more(struct importing *m, struct held *h) {
        ptrdiff_t size = 2 * h->size, known = h->f.size < INPUT_FILE_MAX ? (ptrdiff_t)h->f.size + 1 : 0;
        char *more;

        if (h->len > INPUT_FILE_MAX)
                return diag_fail_class(&m->fleet.cli->diag, DIAG_INPUT, "'%s' is longer than %d bytes", h->f.name, INPUT_FILE_MAX);
        h->size = size > known ? size : known;
        h->size = h->size > INPUT_FILE_MAX ? INPUT_FILE_MAX + 1 : h->size;
        more = arena_bytes(&m->in.scratch, h->size);
        memcpy(more, h->p, (size_t)h->len);
        h->p = more;
        return fill(m, h);
}

/* Lines are taken in as they come, however many there are: what is held does not grow with them. */
static int import_lines(struct importing *m, const char *path, struct held *h) {
        int64_t number = 1, machines = 0;

        for (;;) {
                ptrdiff_t whole = h->len;

                while (!h->ended && whole > 0 && h->p[whole - 1] != '\n')
                        whole--;
                if (intake_lines(&m->in, str_of(path), str_n(h->p, whole), &number, &machines, &m->fleet.cli->diag) < 0)
                        return -1;
                if (h->ended)
                        return 0;
                h->len -= whole;
                memmove(h->p, h->p + whole, (size_t)h->len);
                if ((h->len == h->size ? fill_more : fill)(m, h) < 0)
                        return unread(m, path);
        }
}

static int import_open(struct importing *m, const char *path, struct held *h) {
        h->size = h->f.size > 0 && h->f.size < PIECE ? (ptrdiff_t)h->f.size + 1 : PIECE;
        h->p = arena_bytes(&m->in.scratch, h->size);
        if (fill(m, h) < 0)
                return unread(m, path);
        if (!h->ended && intake_is_lines(&m->in, str_n(h->p, h->len)))
                return import_lines(m, path, h);
        while (!h->ended)
                if (fill_more(m, h) < 0)
                        return unread(m, path);
        return import_bytes(m, path, str_n(h->p, h->len));
}

static int import_file(struct importing *m, const char *path) {
        struct held h = { .ended = false };
        int status;

        m->files++;
        if (input_open(&h.f, path, &m->in.scratch, &m->fleet.cli->diag) < 0)
                return unread(m, path);
        status = import_open(m, path, &h);
        input_close(&h.f);
        return status;
}

static int import_report(struct importing *m, const char *path) {
        struct bundle several;
        struct evidence e;
        int status;

        m->files++;
        status = folder_evidence(&e, &several, &m->in.scratch, m->in.catalog, path, &m->fleet.cli->diag);
        if (status < 0)
                return set_aside(m, path, S(""));
        status = status == BUNDLE_SEVERAL ? import_several(m, &several)
                                          : intake_evidence(&m->in, &e, S(""), str_of(path), 0, &m->fleet.cli->diag);
        return status < 0 ? -1
                       : intake_well(&m->in, str_of(path), S(""), &m->fleet.cli->diag);
}

/* ---- Folders: what others put there leads nowhere else, never in a ring, and nothing waits for it ---- */

static int import_tree(struct importing *m, const struct tree *t, const char *path);

static int import_inner_file(struct importing *m, const struct tree *t, const char *name, const char *path) {
        struct str text = { 0 };
        int error = tree_read(t, name, INPUT_FILE_MAX, &m->in.scratch, &text);

        m->files++;
        if (!error)
                return import_bytes(m, path, text);
        (void)diag_fail_class(&m->fleet.cli->diag, tree_error_class(error), "cannot read '%s': %s", path, tree_error_words(error));
        return unread(m, path);
}

static int import_inner_folder(struct importing *m, const struct tree *t, const char *name, const char *path) {
        TREE_AUTO struct tree inner = { .fd = openat(t->fd, name + 1, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), .walk = t->walk };

        if (inner.fd >= 0)
                return import_tree(m, &inner, path);
        (void)diag_fail_class(&m->fleet.cli->diag, tree_error_class(errno), "cannot open '%s': %s", path, strerror(errno));
        return unread(m, path);
}

/* `name` begins with a slash: it lies in `t`. */
static int import_entry(struct importing *m, const struct tree *t, const char *name, const char *path) {
        struct arena_mark mark = arena_mark(&m->in.scratch);
        struct stat st = { 0 };
        int status;

        if (fstatat(t->fd, name + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode)) {
                status = import_inner_folder(m, t, name, path);
        } else if (S_ISREG(st.st_mode)) {
                status = import_inner_file(m, t, name, path);
        } else {
                (void)diag_fail_class(&m->fleet.cli->diag, DIAG_INPUT, S_ISLNK(st.st_mode) ? "'%s' is a symbolic link, which is not followed in a folder"
                                                                                           : "'%s' is not a file", path);
                status = set_aside(m, path, S(""));
        }
        arena_release(&m->in.scratch, mark);
        return status == 0 && store_is_full(&m->fleet.store) ? commit(m) : status;
}

static int import_tree(struct importing *m, const struct tree *t, const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        struct tree_names names = { 0 };
        int status = 0, error = tree_list(t, "/", &a, &names);

        if (error || m->depth >= DEPTH_MAX) {
                (void)diag_fail_class(&m->fleet.cli->diag, error ? tree_error_class(error) : DIAG_NO_INPUT, "cannot list '%s': %s", path,
                                      error ? tree_error_words(error) : "it lies too deep");
                return unread(m, path);
        }
        if (folder_is_report(m->in.catalog, t, &names))
                return import_report(m, path);
        if (names.odd) {
                (void)diag_fail_class(&m->fleet.cli->diag, DIAG_INPUT, "'%s' holds files whose names hold control characters: they are left out", path);
                status = set_aside(m, path, S(""));
        } else {
                status = intake_well(&m->in, str_of(path), S(""), &m->fleet.cli->diag);
        }
        m->depth++;
        for (ptrdiff_t i = 0; i < names.count && status == 0; i++)
                status = import_entry(m, t, str_fmt(&a, "/%.*s%c", STR_ARG(names.items[i]), '\0').p,
                                      str_fmt(&a, "%s/%.*s%c", path, STR_ARG(names.items[i]), '\0').p);
        m->depth--;
        return status;
}

static int import_folder(struct importing *m, const char *path) {
        TREE_AUTO struct tree t = { .fd = -1 };
        int status;

        m->in.folder = str_fmt(&m->in.scratch, "%s/", path);
        status = tree_open(&t, path, &m->fleet.cli->diag) < 0 ? unread(m, path) : import_tree(m, &t, path);
        m->in.folder = S("");
        return status;
}

/* A name that was mistyped is nothing that came in, and nothing to keep. */
static bool is_missing(struct importing *m, const char *path) {
        if (strcmp(path, "-") == 0 || access(path, F_OK) == 0 || errno != ENOENT)
                return false;
        (void)diag_fail_class(&m->fleet.cli->diag, DIAG_NO_INPUT, "there is no '%s'", path);
        (void)cli_complain(m->fleet.cli);
        m->missing++;
        return true;
}

static int import_path(struct importing *m, const char *path) {
        struct arena_mark mark = arena_mark(&m->in.scratch);
        int status = folder_is_one(path) ? import_folder(m, path) : import_file(m, path);

        arena_release(&m->in.scratch, mark);
        return status == 0 && store_is_full(&m->fleet.store) ? commit(m) : status;
}

static void tell_text(struct importing *m, const struct judged *judged) {
        struct arena *a = &m->fleet.cli->arena;
        struct out *o = &m->fleet.cli->out;

        out_fmt(o, "%.*s from %.*s: %.*s new, %.*s changed; %.*s new, %.*s judged.\n", STR_ARG(fleet_count(a, m->in.reports, "report")),
                STR_ARG(fleet_count(a, m->files, "file")), STR_ARG(fleet_count(a, m->new_hosts, "machine")),
                STR_ARG(fleet_number(a, m->changed)), STR_ARG(fleet_count(a, m->fingerprints, "kind")),
                STR_ARG(fleet_number(a, judged->fingerprints)));
        if (m->in.resources > 0)
                out_fmt(o, "%.*s of cloud inventories.\n", STR_ARG(fleet_count(a, m->in.resources, "resource")));
        if (m->in.aside > 0)
                out_fmt(o, "%.*s could not be read and %s kept aside: `sidelight fleet export --aside` tells why.\n",
                        STR_ARG(fleet_count(a, m->in.aside, "text")), m->in.aside == 1 ? "is" : "are");
}

static void tell_json(struct importing *m, const struct judged *judged) {
        struct json j = { .out = &m->fleet.cli->out };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_i64(&j, "files", m->files);
        json_i64(&j, "reports", m->in.reports);
        json_i64(&j, "new_hosts", m->new_hosts);
        json_i64(&j, "changed_hosts", m->changed);
        json_i64(&j, "new_fingerprints", m->fingerprints);
        json_i64(&j, "judged", judged->fingerprints);
        json_i64(&j, "resources", m->in.resources);
        json_i64(&j, "kept_aside", m->in.aside);
        json_end_object(&j);
        out_char(j.out, '\n');
}

/* What was handed in, for the audit log. */
static int note_sent(struct importing *m) {
        const struct sent s = { .tenant = m->fleet.tenant, .who = fleet_user(&m->fleet), .address = S("import"), .requests = 1, .reports = m->in.reports,
                                .kept_aside = m->in.aside, .first = m->fleet.now, .last = m->fleet.now };
        struct sent_tally tally = { 0 };
        int status;

        sent_add(&tally, &s);
        status = sent_write(&tally, &m->fleet.store, &m->fleet.cli->diag);
        sent_free(&tally);
        return status;
}

/* What came in stays, also when the program cannot be run. */
static int alert(struct importing *m) {
        struct alerts alerts = { .program = cli_value(m->fleet.cli, "on-change") };
        struct diag d = { 0 };
        struct store *s = &m->fleet.store;
        int status = alerts_gather(&alerts, s, m->fleet.now, &d) < 0 || alerts_gather_rules(&alerts, s, m->fleet.now, &d) < 0 ||
                             alerts_tell(&alerts, m->fleet.now, &d) < 0 ? -1 : 0;

        alerts.waiting.len = 0;
        alerts_free(&alerts);
        return status < 0 ? diag_fail(&m->fleet.cli->diag, "all is in the store; what became worse could not be told: %s", d.text) : 0;
}

static int import_all(struct importing *m) {
        struct fleet *f = &m->fleet;
        struct judged judged;

        for (int i = 0; i < f->cli->operand_count; i++)
                if (!is_missing(m, f->cli->operands[i]) && import_path(m, f->cli->operands[i]) < 0)
                        return -1;
        if (commit(m) < 0 || note_sent(m) < 0 || judge_store(&f->store, f->catalog, JUDGE_NEW, f->now, &judged, &f->cli->diag) < 0 ||
            history_note(&f->store, f->tenant, moment_day(&f->cli->arena, f->now), &f->cli->diag) < 0)
                return -1;
        (f->json ? tell_json : tell_text)(m, &judged);
        if (alert(m) < 0)
                return -1;
        return m->in.aside || m->missing ? EXIT_UNKNOWN : EXIT_CLEAN;
}

int fleet_import(struct cli *c) {
        struct importing m = { 0 };
        int status;

        if (fleet_open(&m.fleet, c, DB_CREATE) < 0)
                return -1;
        m.in = (struct intake){ .store = &m.fleet.store, .catalog = m.fleet.catalog, .tenant = m.fleet.tenant, .now = m.fleet.now,
                                .full = commit_now, .full_arg = &m };
        m.fleet.store.keep_changes = cli_given(c, "on-change");
        if (cli_given(c, "tag"))
                m.in.tags = cli_text(c, "tag");
        status = import_all(&m);
        intake_free(&m.in);
        fleet_close(&m.fleet);
        return status;
}
