/* `fleet status`: who should worry, about what, whose job it is; and what became worse since a day, and why. */
#include <stdlib.h>

#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/intake/judge.h"
#include "fleet/store/moment.h"
#include "whatif/compare.h"

struct answers_now {
        struct ask_status status;
        struct accepted_risks accepted;
};

/* ---- Now ---- */

static struct str nobody(const struct ask_filter *f) {
        ptrdiff_t length = 0;

#define X(member, option, what) length += f->member.len;
        ASK_FILTERS(X)
#undef X
        return length ? S("There is no machine of this kind.") : S("There are no machines yet: `sidelight fleet import` takes them in.");
}

static void sentence(struct fleet *f, struct str text) {
        layout_wrap(&f->cli->out, text, 0, 2, f->style.columns);
}

static void answer_line(struct fleet *f, const struct ask_status *s) {
        struct arena *a = &f->cli->arena;
        int64_t open = s->worst[STATUS_VULNERABLE] + s->worst[STATUS_PARTIAL], unknown = s->worst[STATUS_UNKNOWN];
        struct out *o = &f->cli->out;
        struct str worry;

        out_fmt(o, "%.*s of %.*s\n\n", STR_ARG(fleet_count(a, s->hosts, "machine")), STR_ARG(fleet_count(a, s->fingerprints, "kind")));
        if (open > 0)
                worry = str_fmt(a, "%.*s %s open to something.", STR_ARG(fleet_count(a, open, "machine")), open == 1 ? "is" : "are");
        else
                worry = s->hosts ? S("No machine is known to be open.") : nobody(&f->filter);
        if (unknown > 0)
                worry = str_fmt(a, "%.*s Of %.*s something is not known, and nothing is open.", STR_ARG(worry),
                                STR_ARG(fleet_count(a, unknown, "machine")));
        layout_wrap(o, str_fmt(a, "Who should worry?  %.*s", STR_ARG(worry)), 0, 19, f->style.columns);
        if (s->not_judged > s->damaged)
                sentence(f, str_fmt(a, "%.*s not judged yet: `sidelight fleet rejudge` does it.",
                                    STR_ARG(fleet_count(a, s->not_judged - s->damaged, "machine"))));
        if (s->damaged > 0)
                sentence(f, str_fmt(a, "%.*s without a verdict: the store held the evidence damaged. It is kept aside, and asked for when they report again.",
                                    STR_ARG(fleet_count(a, s->damaged, "machine"))));
        if (s->judged_before > 0)
                sentence(f, str_fmt(a, "%.*s judged by other data: `sidelight fleet rejudge` judges them anew.",
                                    STR_ARG(fleet_count(a, s->judged_before, "machine"))));
        else if (s->catalog.len > 0 && !str_eq(s->catalog, judge_catalog(a, f->catalog)))
                sentence(f, str_fmt(a, "Judged by %.*s; this is %.*s: `sidelight fleet rejudge` judges all anew.",
                                    STR_ARG(s->catalog), STR_ARG(judge_catalog(a, f->catalog))));
        if (s->kept_aside > 0)
                sentence(f, str_fmt(a, "%.*s could not be read and %s kept aside: `sidelight fleet export --aside`.",
                                    STR_ARG(fleet_count(a, s->kept_aside, "file")), s->kept_aside == 1 ? "is" : "are"));
        if (s->resources > 0)
                sentence(f, str_fmt(a, "%.*s of clouds without evidence of their own: `sidelight fleet resources`.",
                                    STR_ARG(fleet_count(a, s->resources, "resource"))));
}

/* Of the flaws' table, and of the kinds: what a first screen has room for. */
enum { FLAWS_SHOWN = 8, KINDS_SHOWN = 3, ALL_STATUSES = 72 };

static int64_t open_on(const struct ask_flaw *f) {
        return f->hosts[STATUS_VULNERABLE] + f->hosts[STATUS_PARTIAL];
}

/* Flaws with something open first, the most machines first. */
static int by_open(const void *x, const void *y) {
        const struct ask_flaw *a = x, *b = y;
        int64_t p = open_on(a), q = open_on(b);

        if (p == q) {
                p = a->hosts[STATUS_UNKNOWN];
                q = b->hosts[STATUS_UNKNOWN];
        }
        return p != q ? (p > q ? -1 : 1) : str_cmp(a->id, b->id);
}

/* Flaws from `from` on as long as `is`, in a line: "Open on fewer machines: srso 6, taa 6"; `is` NULL: all. Gives the first that is not. */
static ptrdiff_t fold(struct fleet *f, const struct ask_flaws *flaws, ptrdiff_t from, const char *title, int64_t (*is)(const struct ask_flaw *)) {
        struct arena *a = &f->cli->arena;
        struct str text = S("");
        ptrdiff_t i = from;

        for (; i < flaws->count && (!is || is(&flaws->items[i]) > 0); i++)
                text = str_fmt(a, "%.*s%s%.*s%s%.*s", STR_ARG(text), i > from ? ", " : "", STR_ARG(flaws->items[i].id), is ? " " : "",
                               STR_ARG(is ? fleet_number(a, is(&flaws->items[i])) : S("")));
        if (i > from)
                layout_wrap(&f->cli->out, str_fmt(a, "%s: %.*s", title, STR_ARG(text)), 0, 2, f->style.columns);
        return i;
}

static int64_t unknown_on(const struct ask_flaw *f) {
        return f->hosts[STATUS_UNKNOWN];
}

static void fold_flaws(struct fleet *f, const struct ask_flaws *flaws, ptrdiff_t from) {
        ptrdiff_t i = fold(f, flaws, from, "Open on fewer machines", open_on);

        i = fold(f, flaws, i, "No machine is open, some are not known", unknown_on);
        (void)fold(f, flaws, i, "No machine is open", NULL);
}

static void flaws_table(struct fleet *f, const struct ask_status *s) {
        static const char *const titles[] = { "FLAW", "VULNERABLE", "PARTIAL", "UNKNOWN", "MITIGATED", "NOT AFFECTED" };
        static const enum status shown[] = { STATUS_VULNERABLE, STATUS_PARTIAL, STATUS_UNKNOWN, STATUS_MITIGATED, STATUS_NOT_AFFECTED };
        const int count = f->style.columns < ALL_STATUSES ? 4 : 5; /* who has no room learns on how many machines a flaw is not, last */
        struct table t = { .titles = titles, .column_count = count + 1, .columns = f->style.columns, .indent = 2, .last_min = 1, .color = f->style.color };
        struct arena *a = &f->cli->arena;
        ptrdiff_t rows = 0;

        if (s->flaws.count == 0)
                return;
        qsort(s->flaws.items, (size_t)s->flaws.count, sizeof(*s->flaws.items), by_open);
        while (rows < s->flaws.count && rows < FLAWS_SHOWN && open_on(&s->flaws.items[rows]) > 0)
                rows++;
        out_char(&f->cli->out, '\n');
        for (ptrdiff_t i = 0; i < rows; i++) {
                fleet_cell(f, &t, s->flaws.items[i].id, NULL);
                for (int n = 0; n < count; n++) {
                        int64_t hosts = s->flaws.items[i].hosts[shown[n]];

                        fleet_cell(f, &t, hosts ? fleet_number(a, hosts) : S("-"), hosts && n < 3 ? fleet_color(status_word(shown[n])) : NULL);
                }
        }
        if (rows > 0)
                table_write(&t, &f->cli->out);
        fold_flaws(f, &s->flaws, rows);
}

static void owners_lines(struct fleet *f, const struct ask_owners *owners) {
        struct arena *a = &f->cli->arena;

        if (owners->count == 0)
                return;
        out_c(&f->cli->out, "\n");
        layout_title(&f->cli->out, S("Whose job"), f->style.color);
        out_c(&f->cli->out, "\n");
        for (ptrdiff_t i = 0; i < owners->count; i++)
                out_fmt(&f->cli->out, "  %-12.*s %.*s of %.*s\n", STR_ARG(owners->items[i].who),
                        STR_ARG(fleet_count(a, owners->items[i].hosts, "open finding")), STR_ARG(fleet_count(a, owners->items[i].flaws, "flaw")));
}

static void kinds_table(struct fleet *f, const struct ask_kinds *kinds) {
        static const char *const titles[] = { "LIKE", "MACHINES", "OPEN", "PROCESSOR AND SYSTEM" };
        struct table t = { .titles = titles, .column_count = 4, .columns = f->style.columns, .indent = 4, .last_min = 20, .first_max = fleet_name_max(f),
                           .color = f->style.color };
        struct arena *a = &f->cli->arena;

        if (kinds->count == 0)
                return;
        out_c(&f->cli->out, "\n");
        layout_title(&f->cli->out, S("Worst kinds of machines"), f->style.color);
        out_c(&f->cli->out, "\n");
        for (ptrdiff_t i = 0; i < kinds->count && i < KINDS_SHOWN; i++) {
                const struct ask_kind *k = &kinds->items[i];

                fleet_cell(f, &t, k->example, NULL);
                fleet_cell(f, &t, fleet_number(a, k->hosts), NULL);
                fleet_cell(f, &t, fleet_number(a, k->vulnerable + k->partial), "1;31");
                fleet_cell(f, &t, str_fmt(a, "%.*s, %.*s", STR_ARG(k->processor), STR_ARG(k->kernel)), NULL);
        }
        table_write(&t, &f->cli->out);
        sentence(f, S("All verdicts and reasons: `sidelight fleet flaws`; all machines: `sidelight fleet hosts`."));
}

static void accepted_lines(struct fleet *f, const struct accepted_risks *risks) {
        struct arena *a = &f->cli->arena;

        if (risks->count == 0)
                return;
        out_c(&f->cli->out, "\n");
        layout_title(&f->cli->out, S("Accepted risks"), f->style.color);
        out_c(&f->cli->out, "\n");
        for (ptrdiff_t i = 0; i < risks->count; i++) {
                const struct accepted_risk *r = &risks->items[i];

                out_fmt(&f->cli->out, "  %lld. %.*s on %.*s, %s %.*s, by %.*s: %.*s\n", (long long)r->id,
                        STR_ARG(accept_filter_text(a, &r->filter)), STR_ARG(fleet_count(a, r->hosts, "machine")),
                        r->ended ? "ended" : "until", STR_ARG(moment_day(a, r->until)), STR_ARG(r->who), STR_ARG(r->reason));
        }
}

static int exit_of(const struct ask_status *s) {
        if (s->worst[STATUS_VULNERABLE] + s->worst[STATUS_PARTIAL] > 0)
                return EXIT_OPEN;
        return s->worst[STATUS_UNKNOWN] + s->not_judged + s->kept_aside > 0 ? EXIT_UNKNOWN : EXIT_CLEAN;
}

static int show_now(struct fleet *f) {
        struct answers_now now = { 0 };
        struct cli *c = f->cli;

        if (ask_status(&f->store, f->tenant, &f->filter, &c->arena, &now.status, &c->diag) < 0 ||
            accept_list(&f->store, f->tenant, f->now, &c->arena, &now.accepted, &c->diag) < 0)
                return -1;
        if (f->json) {
                struct json j = { .out = &c->out };

                ask_json_status(&j, &c->arena, &now.status, &now.accepted);
                out_char(&c->out, '\n');
        } else {
                answer_line(f, &now.status);
                flaws_table(f, &now.status);
                owners_lines(f, &now.status.owners);
                kinds_table(f, &now.status.kinds);
                accepted_lines(f, &now.accepted);
        }
        return exit_of(&now.status);
}

/* ---- Since ---- */

/* One way in which hosts changed: what turned, and the records that did it. */
struct way {
        const struct change *change;
        struct differences evidence;
        struct turns causes;
};

static int look(struct fleet *f, struct way *w) {
        static const struct verdict_options options = { 0 };
        struct arena *a = &f->cli->arena;
        struct evidence before, after;
        struct verdict x, y;
        int status = fleet_evidence(f, w->change->before, w->change->example, &before);

        if (status == 0)
                status = fleet_evidence(f, w->change->after, w->change->example, &after);
        if (status < 0 && f->cli->diag.class == DIAG_INPUT) { /* damaged: of these nothing can be said, of all others it can */
                f->cli->diag = (struct diag){ 0 };
                return 0;
        }
        if (status < 0)
                return -1;
        verdict_judge(&x, a, f->catalog, &before, &options);
        verdict_judge(&y, a, f->catalog, &after, &options);
        w->evidence = compare_evidence(a, &before, &after);
        w->causes = compare_verdicts(a, &x, &y, &w->evidence, &options);
        return 0;
}

/* What made the flaw turn: records and settings; empty: several together. */
static struct str cause_of(struct arena *a, const struct turn *t) {
        struct str all = S("");

        for (ptrdiff_t i = 0; i < t->settings.count; i++)
                all = str_fmt(a, "%.*s%s%.*s", STR_ARG(all), all.len ? "; " : "", STR_ARG(t->settings.items[i].text));
        for (ptrdiff_t i = 0; i < t->count; i++) {
                struct str name = compare_name(a, t->items[i]->a ? t->items[i]->a : t->items[i]->b);

                if (str_find(all, name) < 0)
                        all = str_fmt(a, "%.*s%s%.*s", STR_ARG(all), all.len ? "; " : "", STR_ARG(name));
        }
        return all;
}

static bool is_worse(const struct turn *t) {
        return t->b->status > t->a->status;
}

static void way_json(struct fleet *f, struct json *j, const struct way *w) {
        json_begin_object(j, NULL);
        json_i64(j, "hosts", w->change->hosts);
        json_str(j, "example", w->change->example);
        json_str(j, "before", w->change->before_hex);
        json_str(j, "after", w->change->after_hex);
        json_begin_array(j, "verdicts");
        for (ptrdiff_t i = 0; i < w->causes.count; i++) {
                const struct turn *t = &w->causes.items[i];

                json_begin_object(j, NULL);
                json_str(j, "id", T(t->a->flaw->id));
                json_str(j, "before", status_word(t->a->status));
                json_str(j, "after", status_word(t->b->status));
                json_bool(j, "worse", is_worse(t));
                json_str(j, "reason", t->b->reason);
                json_str(j, "because_of", cause_of(&f->cli->arena, t));
                json_end_object(j);
        }
        json_end_array(j);
        json_end_object(j);
}

static void way_text(struct fleet *f, struct out *o, const struct way *w, bool worse) {
        bool told = false;

        for (ptrdiff_t i = 0; i < w->causes.count; i++) {
                const struct turn *t = &w->causes.items[i];
                struct str cause = cause_of(&f->cli->arena, t);

                if (is_worse(t) != worse)
                        continue;
                if (!told)
                        out_fmt(o, "  %.*s%s%.*s:\n", STR_ARG(w->change->example), w->change->hosts > 1 ? " and others, " : ", ",
                                STR_ARG(fleet_count(&f->cli->arena, w->change->hosts, "machine")));
                told = true;
                out_c(o, "    ");
                layout_wrap(o, str_fmt(&f->cli->arena, "%.*s: %.*s %s %.*s, because of %.*s", STR_ARG(T(t->a->flaw->name)),
                                       STR_ARG(status_word(t->a->status)), layout_mark(f->style.ascii), STR_ARG(status_word(t->b->status)),
                                       STR_ARG(cause.len ? cause : S("several differences together"))), 4, 6, f->style.columns);
        }
}

/* What is told of all ways, one after the other. */
struct told {
        struct json *json; /* NULL: as text */
        struct out worse, better;
        ptrdiff_t worse_count, better_count;
};

static void tell_way(struct fleet *f, const struct way *w, struct told *t) {
        for (ptrdiff_t n = 0; n < w->causes.count; n++)
                *(is_worse(&w->causes.items[n]) ? &t->worse_count : &t->better_count) += 1;
        if (t->json) {
                way_json(f, t->json, w);
        } else {
                way_text(f, &t->worse, w, true);
                way_text(f, &t->better, w, false);
        }
}

/* A fleet may change in very many ways: the evidence and the verdicts of one at a time are in memory. */
static int tell_ways(struct fleet *f, const struct changes *all, struct told *t) {
        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct arena_mark mark = arena_mark(&f->cli->arena);
                struct way w = { .change = &all->items[i] };

                if (look(f, &w) < 0)
                        return -1;
                tell_way(f, &w, t);
                arena_release(&f->cli->arena, mark);
        }
        return 0;
}

static int since_text(struct fleet *f, int64_t then, const struct changes *all, struct told *t) {
        struct arena *a = &f->cli->arena;
        struct out *o = &f->cli->out;

        if (tell_ways(f, all, t) < 0)
                return -1;
        out_fmt(o, "Since %.*s: %.*s new, %.*s not seen any more.\n", STR_ARG(moment_day(a, then)),
                STR_ARG(fleet_count(a, all->new_hosts, "machine")), STR_ARG(fleet_number(a, all->silent_hosts)));
        out_c(o, t->worse_count ? "\nWhat became worse, and why\n" : "Nothing became worse.\n");
        out_str(o, out_text(&t->worse));
        out_c(o, t->better_count ? "\nWhat became better\n" : "");
        out_str(o, out_text(&t->better));
        return 0;
}

static int since_json(struct fleet *f, int64_t then, const struct changes *all, struct told *t) {
        struct json j = { .out = &f->cli->out };
        int status;

        t->json = &j;
        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_str(&j, "since", moment_text(&f->cli->arena, then));
        json_i64(&j, "new_hosts", all->new_hosts);
        json_i64(&j, "silent_hosts", all->silent_hosts);
        json_begin_array(&j, "changes");
        status = tell_ways(f, all, t);
        t->json = NULL;
        json_end_array(&j);
        json_end_object(&j);
        out_char(&f->cli->out, '\n');
        return status;
}

static int show_since(struct fleet *f) {
        struct changes all = { 0 };
        struct told told = { 0 };
        int64_t then;
        int status;

        if (fleet_moment(f, "since", false, &then) < 0 ||
            changes_since(&f->store, f->tenant, then, &f->filter, &f->cli->arena, &all, &f->cli->diag) < 0)
                return -1;
        status = (f->json ? since_json : since_text)(f, then, &all, &told);
        out_free(&told.worse);
        out_free(&told.better);
        return status < 0 ? -1 : told.worse_count ? EXIT_OPEN : EXIT_CLEAN;
}

int fleet_status(struct cli *c) {
        return fleet_do(c, DB_EXISTING, cli_given(c, "since") ? show_since : show_now);
}
