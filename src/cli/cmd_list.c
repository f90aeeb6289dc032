/* `sidelight list`: the flaws that are known. */
#include "cli/input.h"
#include "report/layout.h"

static const struct option options[] = {
        { .name = "left-out", .without = "facts|tables|", .brief = "list what is left out instead, with the reason" },
        { .name = "facts", .without = "tables|", .brief = "list every fact that rules can name, with its source" },
        { .name = "tables", .brief = "list the tables of the data folder, with the day up to which each is complete" },
        { .name = "format", .arg = "FORMAT", .values = "text|json|", .brief = "how to write the list" },
        { .name = "data", .arg = "DIR", .brief = "use this data folder, or bundle, instead of what was built in",
          .details = "It is read and checked as the build does; see data/README.md in the sources.",
          .bare = "; what the tables hold, and up to which day: `sidelight list --tables`" },
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight list", "what `check` judges" },
        { "sidelight list --facts", "the names that conditions in data files can use" },
        { "sidelight list --format json", "the same, one object for each flaw on a line" },
        { 0 },
};

static struct str joined(struct arena *a, struct texts list, const char *between) {
        struct str text = S("");

        for (uint32_t i = 0; i < list.count; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? between : "", STR_ARG(T_AT(list, i)));
        return text;
}

static struct str boundaries(struct arena *a, boundary_set set) {
        struct str text = S("");

        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b)
                        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "",
                                       STR_ARG(boundary_word((enum boundary)b)));
        return text;
}

static struct str sysfs(const struct catalog *k, const struct flaw *f) {
        return f->sentence_file ? T(k->files[f->sentence_file - 1].file) : S("");
}

static void flaws_text(struct cli *c, const struct catalog *k, const struct report_style *s) {
        static const char *const titles[] = { "ID", "NAME", "CVES", "SYSFS FILE", "BOUNDARIES" };
        struct table t = { .titles = titles, .column_count = 5, .columns = s->columns, .indent = 4, .last_min = 24,
                           .color = s->color };

        for (uint32_t i = 0; i < k->flaw_count; i++) {
                const struct flaw *f = &k->flaws[i];
                struct str rest = joined(&c->arena, f->cves, "\n");
                const struct str cells[] = { T(f->id), T(f->name), rest, sysfs(k, f), boundaries(&c->arena, f->boundaries) };

                for (int n = 0; n < 5; n++)
                        arena_append(&c->arena, &t)->text = cells[n];
        }
        table_write(&t, &c->out);
}

static void flaws_json(struct cli *c, const struct catalog *k) {
        for (uint32_t i = 0; i < k->flaw_count; i++) {
                const struct flaw *f = &k->flaws[i];
                struct json j = { .out = &c->out };

                json_begin_object(&j, NULL);
                json_str(&j, "id", T(f->id));
                json_str(&j, "name", T(f->name));
                json_begin_array(&j, "aliases");
                for (uint32_t n = 0; n < f->aliases.count; n++)
                        json_str(&j, NULL, T_AT(f->aliases, n));
                json_end_array(&j);
                json_begin_array(&j, "cves");
                for (uint32_t n = 0; n < f->cves.count; n++)
                        json_str(&j, NULL, T_AT(f->cves, n));
                json_end_array(&j);
                json_c(&j, "sysfs", f->sentence_file ? str_to_c(&c->arena, sysfs(k, f)) : NULL);
                json_begin_array(&j, "boundaries");
                for (int b = 0; b < BOUNDARY_COUNT; b++)
                        if (f->boundaries & 1 << b)
                                json_str(&j, NULL, boundary_word((enum boundary)b));
                json_end_array(&j);
                json_str(&j, "disclosed", T(f->disclosed));
                json_str(&j, "summary", T(f->summary));
                json_end_object(&j);
                out_char(&c->out, '\n');
        }
}

static void left_out_text(struct cli *c, const struct catalog *k, const struct report_style *s) {
        static const char *const titles[] = { "NAME", "CVE", "WHY IT IS LEFT OUT" };
        struct table t = { .titles = titles, .column_count = 3, .columns = s->columns, .indent = 4, .last_min = 30,
                           .color = s->color };

        for (uint32_t i = 0; i < k->left_out_count; i++) {
                arena_append(&c->arena, &t)->text = T(k->left_out[i].name);
                arena_append(&c->arena, &t)->text = T(k->left_out[i].cve);
                arena_append(&c->arena, &t)->text = T(k->left_out[i].reason);
        }
        table_write(&t, &c->out);
}

static void left_out_json(struct cli *c, const struct catalog *k) {
        for (uint32_t i = 0; i < k->left_out_count; i++) {
                struct json j = { .out = &c->out };

                json_begin_object(&j, NULL);
                json_str(&j, "name", T(k->left_out[i].name));
                json_str(&j, "cve", T(k->left_out[i].cve));
                json_str(&j, "reason", T(k->left_out[i].reason));
                json_end_object(&j);
                out_char(&c->out, '\n');
        }
}

/* ---- Facts ---- */

static struct str type_word(uint8_t type) {
        static const struct str words[] = { [VALUE_BOOL] = STR("bool"), [VALUE_INT] = STR("int"), [VALUE_TEXT] = STR("text"),
                                            [VALUE_VERSION] = STR("version") };

        return words[type];
}

/* Where a fact comes from, in words that data files use. */
static struct str fact_source(struct arena *a, const struct catalog *k, const struct fact_def *f) {
        switch ((enum fact_kind)f->kind) {
        case FACT_KIND_COMPUTED:
                return S("computed");
        case FACT_KIND_DERIVED:
                return S("other facts");
        case FACT_KIND_AFFECTED:
        case FACT_KIND_VERDICT:
                return str_fmt(a, "vulns/%.*s.yaml", STR_ARG(T(k->flaws[f->source].id)));
        case FACT_KIND_SENTENCE:
        case FACT_KIND_SAID:
                return T(k->files[f->source].path);
        case FACT_KIND_CPUINFO:
                return str_fmt(a, "/proc/cpuinfo, %.*s", STR_ARG(T(f->text)));
        case FACT_KIND_FLAG:
        case FACT_KIND_LISTED:
                return S("/proc/cpuinfo, flags");
        case FACT_KIND_BUG:
                return S("/proc/cpuinfo, bugs");
        case FACT_KIND_LOG:
                return str_fmt(a, "kernel log: %.*s", STR_ARG(T(f->text)));
        case FACT_KIND_PARAMETER:
        case FACT_KIND_TOLD:
                return S("/proc/cmdline");
        case FACT_KIND_CONFIG:
                return str_fmt(a, "build options %.*s", STR_ARG(T(f->text)));
        case FACT_KIND_UPDATE:
                return S("windows/builds.yaml");
        case FACT_KIND_DECLARED:
                return S("what you declare");
        default:
                return f->where.len ? T(f->where) : T(f->text);
        }
}

static void facts_text(struct cli *c, const struct catalog *k, const struct report_style *s) {
        static const char *const titles[] = { "FACT", "TYPE", "SOURCE", "WHAT IT SAYS" };
        struct table t = { .titles = titles, .column_count = 4, .columns = s->columns, .indent = 4, .last_min = 30,
                           .color = s->color };

        for (uint32_t i = 0; i < k->fact_count; i++) {
                arena_append(&c->arena, &t)->text = T(k->facts[i].name);
                arena_append(&c->arena, &t)->text = type_word(k->facts[i].type);
                arena_append(&c->arena, &t)->text = fact_source(&c->arena, k, &k->facts[i]);
                arena_append(&c->arena, &t)->text = T(k->facts[i].title);
        }
        table_write(&t, &c->out);
}

static void facts_json(struct cli *c, const struct catalog *k) {
        for (uint32_t i = 0; i < k->fact_count; i++) {
                const struct fact_def *f = &k->facts[i];
                struct json j = { .out = &c->out };

                json_begin_object(&j, NULL);
                json_str(&j, "name", T(f->name));
                json_str(&j, "type", type_word(f->type));
                json_str(&j, "title", T(f->title));
                json_str(&j, "source", fact_source(&c->arena, k, f));
                json_c(&j, "flaw", f->flaw ? str_to_c(&c->arena, T(k->flaws[f->flaw - 1].id)) : NULL);
                json_end_object(&j);
                out_char(&c->out, '\n');
        }
}

/* ---- Tables ---- */

static void tables_text(struct cli *c, const struct catalog *k, const struct report_style *s) {
        static const char *const titles[] = { "FILE", "ENTRIES", "COMPLETE UP TO" };
        struct table t = { .titles = titles, .column_count = 3, .columns = s->columns, .indent = 4, .last_min = 14,
                           .color = s->color };

        for (uint32_t i = 0; i < k->dated_count; i++) {
                arena_append(&c->arena, &t)->text = T(k->dated[i].path);
                arena_append(&c->arena, &t)->text = str_fmt(&c->arena, "%u", (unsigned)k->dated[i].entries);
                arena_append(&c->arena, &t)->text = str_fmt(&c->arena, "%.*s%s", STR_ARG(T(k->dated[i].date)), k->dated[i].closed ? ", closed" : "");
        }
        table_write(&t, &c->out);
}

static void tables_json(struct cli *c, const struct catalog *k) {
        for (uint32_t i = 0; i < k->dated_count; i++) {
                struct json j = { .out = &c->out };

                json_begin_object(&j, NULL);
                json_str(&j, "file", T(k->dated[i].path));
                json_u64(&j, "entries", k->dated[i].entries);
                json_c(&j, "date", k->dated[i].date.len ? str_to_c(&c->arena, T(k->dated[i].date)) : NULL);
                json_bool(&j, "closed", k->dated[i].closed);
                json_end_object(&j);
                out_char(&c->out, '\n');
        }
}

static int run(struct cli *c) {
        static const struct {
                const char *option;
                void (*text)(struct cli *c, const struct catalog *k, const struct report_style *s);
                void (*json)(struct cli *c, const struct catalog *k);
        } lists[] = {
                { "left-out", left_out_text, left_out_json },
                { "facts", facts_text, facts_json },
                { "tables", tables_text, tables_json },
                { NULL, flaws_text, flaws_json },
        };
        size_t i = 0;

        bool json = cli_word(c, "format", 0) == 1;
        const struct catalog *k;
        struct report_style s;

        if (input_catalog(c, &k) < 0)
                return -1;
        input_style(c, &s);
        while (lists[i].option && !cli_given(c, lists[i].option))
                i++;
        if (json)
                lists[i].json(c, k);
        else
                lists[i].text(c, k, &s);
        return 0;
}

const struct command cmd_list = {
        .name = "list",
        .summary = "list the known flaws, those left out, the facts, or the data",
        .description =
                "Lists every flaw that `sidelight check` judges: its id, its CVE numbers, the kernel's file that "
                "reports it, and the boundaries it crosses. A flaw without a file of its own shows the file "
                "whose sentence has a part for it.",
        .options = options,
        .examples = examples,
        .run = run,
};
