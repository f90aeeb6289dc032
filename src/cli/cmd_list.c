/* `sidelight list`: the flaws that are known. */
#include "cli/input.h"
#include "report/layout.h"

static const struct option options[] = {
        { .name = "left-out", .brief = "show instead what is left out, with the reason" },
        { .name = "format", .arg = "FORMAT", .values = "text|json|", .brief = "how to write the list" },
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight list", "what `check` judges" },
        { "sidelight list --format json", "the same, one object for each flaw on a line" },
        { 0 },
};

static struct str joined(struct arena *a, struct str_list list, const char *between) {
        struct str text = S("");

        for (uint32_t i = 0; i < list.count; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? between : "", STR_ARG(list.items[i]));
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
        return f->sentence_file ? k->files[f->sentence_file - 1].file : S("");
}

static void flaws_text(struct cli *c, const struct catalog *k, const struct report_style *s) {
        static const char *const titles[] = { "ID", "NAME", "CVES", "SYSFS FILE", "BOUNDARIES" };
        struct table t = { .titles = titles, .column_count = 5, .columns = s->columns, .indent = 4, .last_min = 24,
                           .color = s->color };

        for (uint32_t i = 0; i < k->flaw_count; i++) {
                const struct flaw *f = &k->flaws[i];
                struct str rest = joined(&c->arena, f->cves, "\n");
                const struct str cells[] = { f->id, f->name, rest, sysfs(k, f), boundaries(&c->arena, f->boundaries) };

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
                json_str(&j, "id", f->id);
                json_str(&j, "name", f->name);
                json_begin_array(&j, "aliases");
                for (uint32_t n = 0; n < f->aliases.count; n++)
                        json_str(&j, NULL, f->aliases.items[n]);
                json_end_array(&j);
                json_begin_array(&j, "cves");
                for (uint32_t n = 0; n < f->cves.count; n++)
                        json_str(&j, NULL, f->cves.items[n]);
                json_end_array(&j);
                json_c(&j, "sysfs", f->sentence_file ? str_to_c(&c->arena, sysfs(k, f)) : NULL);
                json_begin_array(&j, "boundaries");
                for (int b = 0; b < BOUNDARY_COUNT; b++)
                        if (f->boundaries & 1 << b)
                                json_str(&j, NULL, boundary_word((enum boundary)b));
                json_end_array(&j);
                json_str(&j, "disclosed", f->disclosed);
                json_str(&j, "summary", f->summary);
                json_end_object(&j);
                out_char(&c->out, '\n');
        }
}

static void left_out_text(struct cli *c, const struct catalog *k, const struct report_style *s) {
        static const char *const titles[] = { "NAME", "CVE", "WHY IT IS LEFT OUT" };
        struct table t = { .titles = titles, .column_count = 3, .columns = s->columns, .indent = 4, .last_min = 30,
                           .color = s->color };

        for (uint32_t i = 0; i < k->left_out_count; i++) {
                arena_append(&c->arena, &t)->text = k->left_out[i].name;
                arena_append(&c->arena, &t)->text = k->left_out[i].cve;
                arena_append(&c->arena, &t)->text = k->left_out[i].reason;
        }
        table_write(&t, &c->out);
}

static void left_out_json(struct cli *c, const struct catalog *k) {
        for (uint32_t i = 0; i < k->left_out_count; i++) {
                struct json j = { .out = &c->out };

                json_begin_object(&j, NULL);
                json_str(&j, "name", k->left_out[i].name);
                json_str(&j, "cve", k->left_out[i].cve);
                json_str(&j, "reason", k->left_out[i].reason);
                json_end_object(&j);
                out_char(&c->out, '\n');
        }
}

static int run(struct cli *c) {
        bool json = cli_word(c, "format", 0) == 1;
        const struct catalog *k;
        struct report_style s;

        if (input_catalog(c, &k) < 0)
                return -1;
        input_style(c, &s);
        if (cli_given(c, "left-out") && json)
                left_out_json(c, k);
        else if (cli_given(c, "left-out"))
                left_out_text(c, k, &s);
        else if (json)
                flaws_json(c, k);
        else
                flaws_text(c, k, &s);
        return 0;
}

const struct command cmd_list = {
        .name = "list",
        .summary = "show the flaws that are known, or those left out",
        .description = "Lists every flaw that `check` judges: its id, its CVE numbers, the kernel's file that tells of it, and the "
                       "boundaries that it crosses. Flaws without a file of their own show the one whose sentence has a part for "
                       "them.",
        .options = options,
        .examples = examples,
        .run = run,
};
