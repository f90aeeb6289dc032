#include "collect/linux/collect.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "collect/linux/cpu_numbers.h"
#include "collect/linux/kernel.h"
#include "collect/linux/log.h"
#include "collect/linux/processor.h"
#include "collect/linux/sources.h"
#include "evidence/places.h"

static void collect_meta(struct reader *r) {
        char moment[21];

        date_of_seconds(time(NULL), moment); /* gmtime would read the time zone's file */
        evidence_add_line(r->e, RECORD_META, S("captured"), str_of(moment));
        evidence_add_line(r->e, RECORD_META, S("collector"), S("sidelight " SIDELIGHT_VERSION));
        if (r->tree->live)
                evidence_add_line(r->e, RECORD_META, S("user"), geteuid() == 0 ? S("root") : S("not root"));
        if (r->redact)
                evidence_add_line(r->e, RECORD_META, S("redacted"), S("yes"));
}

/* A listing has its row in the table of sources. */
static void collect_unless_known(struct reader *r, struct str path, redaction redacted) {
        struct arena_mark mark = arena_mark(r->scratch);

        if (str_starts(path, S("/")) && !str_ends(path, S("/")) && !evidence_file(r->e, path))
                (void)reader_file(r, str_to_c(r->scratch, path), SMALL_FILE, NULL, redacted);
        arena_release(r->scratch, mark);
}

static void collect_vulnerability(struct reader *r, struct str name) {
        collect_unless_known(r, str_fmt(r->scratch, PLACE_VULNERABILITIES "/%.*s", STR_ARG(name)), NULL);
}

/* What this kernel has, whether the catalog knows it or not, and what some kernel has. */
static void collect_vulnerabilities(struct reader *r) {
        struct tree_names names;

        if (tree_list(r->tree, PLACE_VULNERABILITIES, r->scratch, &names) == 0)
                for (ptrdiff_t i = 0; i < names.count; i++)
                        collect_vulnerability(r, names.items[i]);
        for (uint32_t i = 0; i < r->catalog->file_count; i++)
                collect_unless_known(r, T(r->catalog->files[i].path), NULL);
}

static int collect_signs(struct reader *r, const char *path, ptrdiff_t limit) {
        struct arena_mark mark = arena_mark(r->scratch);
        struct str text;
        int error = reader_peek(r, path, limit, &text);

        if (error)
                reader_missing(r, path, error);
        else
                evidence_add_file(r->e, str_of(path), filter_signs(r->scratch, r->catalog, str_of(path), text));
        arena_release(r->scratch, mark);
        return error;
}

static int collect_path(struct reader *r, const char *path, const struct source *s) {
        if (s->exists)
                return reader_exists(r, path);
        if (path[strlen(path) - 1] == '/')
                return reader_listing(r, path, s->filter, s->redacted);
        if (s->signs)
                return collect_signs(r, path, s->limit ? s->limit : SMALL_FILE);
        return reader_file(r, path, s->limit ? s->limit : SMALL_FILE, s->filter, s->redacted);
}

static bool rules_read(const struct catalog *c, const char *path) {
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_FILE && str_eq(T(c->facts[i].text), str_of(path)))
                        return true;
        return false;
}

static bool leaves_out(const struct reader *r, const struct source *s, bool for_verdicts) {
        return s->personal && (r->redact || (for_verdicts && !rules_read(r->catalog, s->path)));
}

static void collect_source(struct reader *r, const struct source *s) {
        int error = collect_path(r, s->path, s);

        if (error && s->otherwise && reader_state(error) == FACT_ABSENT)
                (void)collect_path(r, s->otherwise, s);
}

/* `later`: without what is seldom asked for. */
static void collect_sources(struct reader *r, bool for_verdicts, bool later) {
        for (size_t i = 0; i < linux_source_count; i++)
                if (!leaves_out(r, &linux_sources[i], for_verdicts) && !(later && linux_sources[i].seldom))
                        collect_source(r, &linux_sources[i]);
}

/* What the catalog asks for beyond the table. */
static void collect_files(struct reader *r) {
        struct words files = reader_wanted(r, FACT_KIND_FILE, false);

        for (ptrdiff_t i = 0; i < files.count; i++)
                collect_unless_known(r, files.items[i], redact_value);
}

/* Whether it is worth while to ask each CPU: on the running machine one tells for all. */
static bool may_show_registers(const struct reader *r, const struct cpu_numbers *cpus) {
        char path[64];

        (void)snprintf(path, sizeof(path), PLACE_CPUS "/cpu%u/regs", (unsigned)cpus->items[0]);
        return !r->tree->live || tree_exists(r->tree, path) == 0;
}

/* Registers that sysfs shows, one set for each CPU. */
static void collect_identification(struct reader *r, const struct cpu_numbers *cpus) {
        static const char *const registers[] = { "midr_el1", "revidr_el1" };

        if (cpus->count == 0 || !may_show_registers(r, cpus))
                return;
        for (ptrdiff_t i = 0; i < cpus->count; i++)
                for (size_t n = 0; n < sizeof(registers) / sizeof(registers[0]); n++) {
                        char path[128];

                        (void)snprintf(path, sizeof(path), PLACE_CPUS "/cpu%u/regs/identification/%s",
                                       (unsigned)cpus->items[i], registers[n]);
                        if (tree_exists(r->tree, path) == 0)
                                (void)reader_file(r, path, SMALL_FILE, NULL, redact_setting);
                }
}

static const struct record *known_file(const struct reader *r, struct str path) {
        const struct record *record = evidence_file(r->e, path);

        return record && record->state == FACT_KNOWN ? record : NULL;
}

/* One CPU speaks for all only where the kernel's list shows each of them, and shows them alike. */
static enum processor_asked whom_to_ask(const struct reader *r, const struct cpu_numbers *cpus) {
        const struct record *cpuinfo = known_file(r, S(PLACE_CPUINFO));

        if (cpus->count == 1 || known_file(r, S(PLACE_CORE_CPUS)) || !cpuinfo || !cpuinfo_alike(cpuinfo->text, cpus->count))
                return PROCESSOR_ASK_EACH;
        return PROCESSOR_ASK_ONE;
}

static void collect_processors(struct reader *r, const struct processor_api *api) {
        const struct record *online = known_file(r, S(PLACE_ONLINE));
        int here = api ? api->here(api->arg) : -1;
        uint32_t number = (uint32_t)here;
        struct cpu_numbers cpus;

        if (online && cpu_numbers_parse(r->scratch, online->text, &cpus)) {
                collect_identification(r, &cpus);
                if (api)
                        processor_collect(r, api, &cpus, whom_to_ask(r, &cpus));
        } else if (here >= 0) { /* a container without /sys */
                processor_collect(r, api, &(struct cpu_numbers){ .items = &number, .count = 1 }, PROCESSOR_OTHERS_UNKNOWN);
        }
}

/* ---- What is dear to read, and seldom decides ---- */

struct later {
        struct evidence_later base;
        struct evidence *e;
        struct tree tree;
        const struct catalog *catalog;
        struct str release;
        enum how_far { NOT_READ, BEGUN, READ } log, config;
        const struct source **sources; /* that are left */
        size_t source_count;
};

/* Where a beginning was not enough, all is read anew: seldom, and then most of it is wanted. */
static bool is_due(enum how_far *f, const struct evidence_question *q) {
        enum how_far before = *f;

        *f = !q ? READ : before == NOT_READ ? BEGUN : before;
        return *f > before;
}

static void read_sources_later(struct later *l, struct reader *r, struct str path) {
        for (size_t i = 0; i < l->source_count;) {
                const struct source *s = l->sources[i];

                if (path.len && !str_eq(path, str_of(s->path)) && !(s->otherwise && str_eq(path, str_of(s->otherwise)))) {
                        i++;
                } else {
                        l->sources[i] = l->sources[--l->source_count];
                        collect_source(r, s);
                }
        }
}

static void read_later(struct evidence_later *base, struct str path, const struct evidence_question *q) {
        struct later *l = (struct later *)(void *)base;
        ARENA_AUTO struct arena scratch = { 0 };
        struct reader r = { .e = l->e, .tree = &l->tree, .scratch = &scratch, .catalog = l->catalog };

        if ((str_empty(path) || place_is_log(path)) && is_due(&l->log, q))
                log_collect(&r, q);
        if ((str_empty(path) || place_is_config(path)) && is_due(&l->config, q))
                kernel_config(&r, l->release, q);
        read_sources_later(l, &r, path);
}

static void leave_for_later(struct reader *r, struct str release) {
        struct later *l = arena_new(r->e->arena, struct later);

        *l = (struct later){ .base.read = read_later, .e = r->e, .tree = *r->tree, .catalog = r->catalog,
                             .release = str_dup(r->e->arena, release),
                             .sources = arena_array(r->e->arena, const struct source *, (ptrdiff_t)linux_source_count) };
        for (size_t i = 0; i < linux_source_count; i++)
                if (linux_sources[i].seldom)
                        l->sources[l->source_count++] = &linux_sources[i];
        r->e->later = &l->base;
}

/* What is not there as a whole, and would be taken for a machine that tells nothing. */
static void tell_of_the_unseen(struct reader *r) {
        bool proc = tree_exists(r->tree, PLACE_VERSION) != ENOENT, sys = tree_exists(r->tree, PLACE_CPUS) != ENOENT;

        if (r->met_live)
                evidence_add_line(r->e, RECORD_META, S("not-seen"), S("/proc and /sys in this tree are the running machine's (mounted, as for "
                                                                      "chroot), so nothing of them was read"));
        else if (r->tree->live && (!proc || !sys))
                evidence_add_line(r->e, RECORD_META, S("not-seen"), proc ? S("/sys is not mounted here") : sys ? S("/proc is not mounted here")
                                                                    : S("neither /proc nor /sys is mounted here"));
}

void linux_collect(struct evidence *e, const struct tree *tree, const struct processor_api *api, const struct collect_options *o) {
        ARENA_AUTO struct arena scratch = { 0 };
        struct reader r = { .e = e, .tree = tree, .scratch = &scratch, .catalog = o->catalog,
                            .redact = o->redact };
        bool later = o->for_verdicts && tree->live;
        struct str release;

        collect_meta(&r);
        release = kernel_identify(&r);
        collect_vulnerabilities(&r);
        collect_sources(&r, o->for_verdicts, later);
        if (!later)
                kernel_config(&r, release, NULL);
        collect_processors(&r, api);
        if (!o->for_verdicts)
                processes_collect(&r);
        if (!later)
                log_collect(&r, NULL);
        collect_files(&r);
        tell_of_the_unseen(&r);
        if (later)
                leave_for_later(&r, release);
}

int collect_linux_live(struct evidence *e, const struct collect_options *o, struct diag *d) {
        struct processor_live processor;
        struct tree tree;

        (void)d;
        tree_open_live(&tree);
        processor_open_live(&processor, &tree);
        linux_collect(e, &tree, &processor.api, o);
        return 0;
}

int collect_linux_tree(struct evidence *e, const char *root, const struct collect_options *o, struct diag *d) {
        TREE_AUTO struct tree tree = { .fd = -1 };

        if (tree_open(&tree, root, d) < 0)
                return -1;
        linux_collect(e, &tree, NULL, o);
        return 0;
}
