/* `fleet show HOST` and `fleet diff HOST`: one machine, with the proof; and what changed on it. */
#include "cli/diff.h"
#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/store/moment.h"

/* ---- Show ---- */

static void show_text(struct fleet *f, const struct ask_host *h, const struct ask_runs *runs, const struct verdict *v) {
        struct arena *a = &f->cli->arena;
        struct out *o = &f->cli->out;

        report_write(v, REPORT_TEXT, &f->style, o);
        out_fmt(o, "\nFirst seen %.*s, last %.*s%s%.*s%s\n", STR_ARG(moment_text(a, h->first)), STR_ARG(moment_text(a, h->last)),
                h->tags.len ? "; tags: " : "", STR_ARG(h->tags), h->redacted ? "; the evidence is redacted" : "");
        for (ptrdiff_t i = 0; i < runs->count; i++)
                out_fmt(o, "  %.*s - %.*s  %.12s  %.*s\n", STR_ARG(moment_day(a, runs->items[i].first)), STR_ARG(moment_day(a, runs->items[i].last)),
                        runs->items[i].fingerprint.p, STR_ARG(runs->items[i].outcome ? runs->items[i].worst : S("not judged yet")));
}

static void show_json(struct fleet *f, const struct ask_host *h, const struct ask_runs *runs, const struct verdict *v) {
        OUT_AUTO struct out report = { 0 };
        struct json j = { .out = &f->cli->out };

        report_write(v, REPORT_JSON, &f->style, &report);
        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        ask_json_host(&j, &f->cli->arena, h);
        ask_json_runs(&j, &f->cli->arena, "showed", runs);
        json_raw(&j, "report", str_trim(out_text(&report)));
        json_end_object(&j);
        out_char(&f->cli->out, '\n');
}

static int show(struct fleet *f) {
        static const struct verdict_options options = { 0 };
        struct ask_runs runs = { 0 };
        struct ask_host h;
        struct evidence e;
        struct verdict v;

        if (fleet_host(f, f->cli->operands[0], &h) < 0 || ask_runs(&f->store, h.id, &f->cli->arena, &runs, &f->cli->diag) < 0)
                return -1;
        if (cli_given(f->cli, "evidence") && f->json)
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "--evidence gives the evidence file as it is: it does not go with --format json");
        if (cli_given(f->cli, "evidence")) {
                struct str text;

                if (ask_body(&f->store, h.fingerprint_id, &f->cli->arena, &text, &f->cli->diag) < 0)
                        return -1;
                out_str(&f->cli->out, text);
                return EXIT_CLEAN;
        }
        if (fleet_evidence(f, h.fingerprint_id, h.name, &e) < 0)
                return -1;
        verdict_judge(&v, &f->cli->arena, f->catalog, &e, &options);
        f->style.fail_on = (status_set)(1 << STATUS_VULNERABLE | 1 << STATUS_PARTIAL | 1 << STATUS_UNKNOWN);
        (f->json ? show_json : show_text)(f, &h, &runs, &v);
        return (int)summary_exit(&v, f->style.fail_on);
}

int fleet_show(struct cli *c) {
        return fleet_do(c, DB_EXISTING, show);
}

/* ---- Diff ---- */

/* The run that showed at that moment: the newest that began before it. */
static const struct ask_run *run_at(const struct ask_runs *runs, int64_t then) {
        for (ptrdiff_t i = 0; i < runs->count; i++)
                if (runs->items[i].first <= then)
                        return &runs->items[i];
        return NULL;
}

/* There is nothing to compare with: as JSON, a comparison in which nothing differs. */
static int only_one(struct fleet *f, const struct ask_host *h) {
        static const struct verdict_options options = { 0 };
        struct arena *a = &f->cli->arena;
        struct evidence e;

        if (!f->json) {
                if (h->since > h->first)
                        out_fmt(&f->cli->out, "'%.*s' was first seen on %.*s: there is no state before that day.\n", STR_ARG(h->name),
                                STR_ARG(moment_day(a, h->first)));
                else
                        out_fmt(&f->cli->out, "'%.*s' has shown one state only, since %.*s (last seen %.*s): there is nothing to compare.\n",
                                STR_ARG(h->name), STR_ARG(moment_day(a, h->since)), STR_ARG(moment_day(a, h->last)));
                return EXIT_CLEAN;
        }
        if (fleet_evidence(f, h->fingerprint_id, str_fmt(a, "%.*s, %.*s", STR_ARG(h->name), STR_ARG(moment_day(a, h->last))), &e) < 0)
                return -1;
        return diff_show(f->cli, f->catalog, &options, &e, &e);
}

static int diff(struct fleet *f) {
        static const struct verdict_options options = { 0 };
        const struct ask_run *before;
        struct ask_runs runs = { 0 };
        struct evidence a, b;
        struct ask_host h;
        int64_t then = 0;

        if (fleet_host(f, f->cli->operands[0], &h) < 0 || ask_runs(&f->store, h.id, &f->cli->arena, &runs, &f->cli->diag) < 0 ||
            (cli_given(f->cli, "since") && fleet_moment(f, "since", false, &then) < 0))
                return -1;
        before = cli_given(f->cli, "since") ? run_at(&runs, then) : runs.count > 1 ? &runs.items[1] : NULL;
        if (!before)
                return only_one(f, &h);
        if (fleet_evidence(f, before->fingerprint_id, str_fmt(&f->cli->arena, "%.*s, %.*s", STR_ARG(h.name),
                                                              STR_ARG(moment_day(&f->cli->arena, before->last))), &a) < 0 ||
            fleet_evidence(f, h.fingerprint_id, str_fmt(&f->cli->arena, "%.*s, %.*s", STR_ARG(h.name),
                                                        STR_ARG(moment_day(&f->cli->arena, h.last))), &b) < 0)
                return -1;
        return diff_show(f->cli, f->catalog, &options, &a, &b);
}

int fleet_diff(struct cli *c) {
        return fleet_do(c, DB_EXISTING, diff);
}
