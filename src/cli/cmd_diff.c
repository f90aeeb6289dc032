/* `sidelight diff`: what changed between two machines, or between two days of one. */
#include "base/plain.h"
#include "plan/summary.h"
#include "whatif/compare.h"
#include "cli/diff.h"
#include "cli/folder.h"
#include "report/layout.h"

enum { LINES_MAX = 6, LINE_MAX = 200 }; /* of a longer text, on each side */

static const struct option options[] = {
        { .name = "format", .arg = "FORMAT", .values = "text|json|", .brief = "how to write it" },
        OPTIONS_JUDGE,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight diff before.host after.host", "what did the update change?" },
        { "sidelight collect | sidelight diff golden.host -", "how does this machine differ from that one?" },
        { 0 },
};

static const struct exit_text exits[] = {
        { EXIT_CLEAN, "the verdicts are the same" },
        { EXIT_DIFFERS, "a verdict differs" },
        { 0 },
};

struct comparison {
        struct cli *cli;
        struct verdict a, b;
        struct differences evidence;
        struct turns turns;
};

/* A line without the words that the other text has too, but for its first one: of a long list only what differs matters. Dots stand for what was
 * left out, so that what is left is not read as a sentence. */
static void line_text(struct out *o, struct str line, struct str other, char mark) {
        struct str word, rest = line;
        bool out = false;

        if (line.len <= LINE_MAX) {
                out_fmt(o, "    %c ", mark);
                out_plain(o, line);
                out_char(o, '\n');
                return;
        }
        out_fmt(o, "    %c", mark);
        for (int n = 0; str_word(&rest, &word); n++) {
                if (n > 0 && str_has_word(other, word)) {
                        out = true;
                        continue;
                }
                out_c(o, out ? " ... " : " ");
                out = false;
                out_plain(o, word);
        }
        out_c(o, out ? " ...\n" : "\n");
}

/* The lines of one text that the other does not have. */
static void lines(struct out *o, struct str text, struct str other, char mark) {
        struct str line;
        int n = 0;

        while (str_line(&text, &line)) {
                struct str rest = other, one;
                bool found = false;

                while (!found && str_line(&rest, &one))
                        found = str_eq(line, one);
                if (!found && n++ < LINES_MAX)
                        line_text(o, line, other, mark);
        }
        if (n > LINES_MAX)
                out_fmt(o, "    %c and %d more lines\n", mark, n - LINES_MAX);
}

static void evidence_text(struct comparison *k, const struct report_style *s) {
        struct arena *a = &k->cli->arena;
        struct out *o = &k->cli->out;

        layout_title(o, S("Evidence"), s->color);
        out_char(o, '\n');
        for (ptrdiff_t i = 0; i < k->evidence.count; i++) {
                const struct difference *d = &k->evidence.items[i];
                struct str x = compare_value(a, d->a), y = compare_value(a, d->b);

                out_c(o, "  ");
                layout_wrap(o, compare_name(a, d->a ? d->a : d->b), 2, 2, s->columns);
                lines(o, x, y, '-');
                lines(o, y, x, '+');
        }
        if (k->evidence.count == 0)
                out_c(o, "  no difference\n");
}

static struct str causes(struct comparison *k, const struct turn *t) {
        struct arena *a = &k->cli->arena;
        struct str text = S("");

        if (t->count + t->settings.count == 0)
                return S("several differences together");
        for (ptrdiff_t i = 0; i < t->settings.count; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? "; " : "", STR_ARG(t->settings.items[i].text));
        for (ptrdiff_t i = 0; i < t->count; i++) {
                struct str name = compare_name(a, t->items[i]->a ? t->items[i]->a : t->items[i]->b);

                if (str_find(text, name) < 0) /* the setting is the record */
                        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), text.len ? "; " : "", STR_ARG(name));
        }
        return text;
}

static void verdicts_text(struct comparison *k, const struct report_style *s) {
        static const char *const titles[] = { "FLAW", "BEFORE", "AFTER", "BECAUSE OF" };
        struct table t = { .titles = titles, .column_count = 4, .columns = s->columns, .indent = 4, .last_min = 30,
                           .color = s->color };
        struct arena *a = &k->cli->arena;

        out_char(&k->cli->out, '\n');
        layout_title(&k->cli->out, S("Verdicts"), s->color);
        out_char(&k->cli->out, '\n');
        for (ptrdiff_t i = 0; i < k->turns.count; i++) {
                arena_append(a, &t)->text = T(k->turns.items[i].a->flaw->name);
                arena_append(a, &t)->text = status_word(k->turns.items[i].a->status);
                arena_append(a, &t)->text = status_word(k->turns.items[i].b->status);
                arena_append(a, &t)->text = causes(k, &k->turns.items[i]);
        }
        if (t.count > 0)
                table_write(&t, &k->cli->out);
        else
                out_c(&k->cli->out, "  no difference\n");
}

static struct str taken(const struct verdict *v) {
        return v->captured.len ? v->captured : S("an unknown day");
}

static void origin_text(struct comparison *k, const struct report_style *s) {
        struct arena *a = &k->cli->arena;

        struct str own = summary_program(k->a.catalog, a);

        out_char(&k->cli->out, '\n');
        if (k->a.captured.len + k->b.captured.len == 0)
                own = str_fmt(a, "%.*s; evidence without dates", STR_ARG(own));
        else
                own = str_fmt(a, "%.*s; evidence of %.*s and of %.*s", STR_ARG(own), STR_ARG(taken(&k->a)), STR_ARG(taken(&k->b)));
        layout_wrap(&k->cli->out, own, 0, 2, s->columns);
}

int diff_show(struct cli *c, const struct catalog *catalog, const struct verdict_options *o, const struct evidence *a, const struct evidence *b) {
        struct comparison k = { .cli = c };
        struct report_style s;

        input_style(c, &s);
        verdict_judge(&k.a, &c->arena, catalog, a, o);
        verdict_judge(&k.b, &c->arena, catalog, b, o);
        k.evidence = compare_evidence(&c->arena, a, b);
        k.turns = compare_verdicts(&c->arena, &k.a, &k.b, &k.evidence, o);
        if (cli_word(c, "format", 0) == 1) {
                struct json j = { .out = &c->out };

                compare_json(&j, &c->arena, &k.a, &k.b, &k.evidence, &k.turns);
                out_char(&c->out, '\n');
        } else {
                evidence_text(&k, &s);
                verdicts_text(&k, &s);
                origin_text(&k, &s);
        }
        return k.turns.count > 0 ? EXIT_DIFFERS : EXIT_CLEAN;
}

/* A folder that is no machine's report holds many machines: they are a fleet's. */
static int read_one(struct cli *c, const char *path, struct evidence *ret) {
        if (input_machine(c, path, &c->arena, ret) == 0)
                return 0;
        if (c->diag.class != DIAG_INPUT || !folder_is_one(path))
                return -1;
        c->diag = (struct diag){ 0 };
        return diag_fail_class(&c->diag, DIAG_INPUT, "'%s' is a folder, and diff compares one machine's evidence with another's; of many: sidelight fleet import "
                               "--store audit.db FOLDER for each, then sidelight fleet status --store audit.db --since DATE", path);
}

static int run(struct cli *c) {
        struct verdict_options o;
        const struct catalog *catalog;
        struct evidence a, b;

        if (input_catalog(c, &catalog) < 0 || input_options(c, &o) < 0 ||
            read_one(c, c->operands[0], &a) < 0 || read_one(c, c->operands[1], &b) < 0)
                return -1;
        return diff_show(c, catalog, &o, &a, &b);
}

const struct command cmd_diff = {
        .name = "diff",
        .operands = "BEFORE AFTER",
        .operands_min = 2,
        .operands_max = 2,
        .summary = "compare two evidence files: evidence, verdicts, and what caused what",
        .description =
                "Shows which pieces of evidence and which verdicts differ and, for each verdict, the settings "
                "and differences that cause the change. What identifies a machine, and when and how the evidence "
                "was collected, is not compared.",
        .options = options,
        .examples = examples,
        .exits = exits,
        .run = run,
};
