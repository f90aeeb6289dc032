/* The plan of every machine that is recorded: what `check` lists is what `advise` lists, in the same order and words; every open
 * finding has its step; no step is there twice; what it says can be done can be done there.
 *
 *   test_plan FOLDER…     prints TAP */
#include "fixtures.h"
#include "near_kinds.h"

#include "catalog/computed.h"
#include "report/advice.h"
#include "report/report.h"
#include "report/steps.h"

static int tests, failures, compared;

struct machine_plan {
        struct str path;
        struct arena *a;
        struct verdict v;
        struct advice advice;
        struct plan plan;
        bool ok;
};

static void complain(struct machine_plan *m, const char *what, struct str which) {
        (void)printf("# %.*s: %s: %.*s\n", STR_ARG(m->path), what, STR_ARG(which));
        m->ok = false;
}

/* ---- What is printed ---- */

/* The titles of check's list, one a line: "  1. Title (…" at a width at which nothing is folded. */
static struct str checks_list(struct machine_plan *m) {
        const struct report_style style = { .columns = 1 << 20, .fail_on = 0xff, .wide = true };
        OUT_AUTO struct out text = { 0 };
        OUT_AUTO struct out titles = { 0 };
        struct str rest, line;
        bool within = false;

        report_write(&m->v, REPORT_TEXT, &style, &text);
        rest = out_text(&text);
        while (str_line(&rest, &line)) {
                within |= str_eq(line, S("What to do"));
                if (within && line.len > 5 && line.p[3] == '.' && line.p[2] >= '0' && line.p[2] <= '9')
                        out_fmt(&titles, "%.*s\n", STR_ARG(str_from(line, 5)));
        }
        return str_dup(m->a, out_text(&titles));
}

static struct str advises_json(struct machine_plan *m) {
        const struct report_style style = { .columns = 100 };
        const struct advice_page page = { .advice = &m->advice, .plan = &m->plan, .catalog = m->v.catalog, .report = &m->v, .arena = m->a };
        OUT_AUTO struct out text = { 0 };

        advice_write(&page, ADVICE_JSON, &style, &text);
        return str_dup(m->a, out_text(&text));
}

/* The text without what folding put in: all blanks and newlines in a row are one. */
static struct str unfolded(struct arena *a, struct str text) {
        char *to = arena_bytes(a, text.len);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < text.len; i++) {
                char c = text.p[i] == '\n' ? ' ' : text.p[i];

                if (c != ' ' || (n > 0 && to[n - 1] != ' '))
                        to[n++] = c;
        }
        return (struct str){ .p = to, .len = n };
}

/* The ticket asks the provider all that the plan asks of them, and exists only then; the first screen has it as one step. */
static void asks_the_provider(struct machine_plan *m) {
        const struct report_style style = { .columns = 100, .fail_on = 0xff };
        const struct advice_page page = { .advice = &m->advice, .plan = &m->plan, .catalog = m->v.catalog, .report = &m->v, .arena = m->a };
        OUT_AUTO struct out text = { 0 };
        OUT_AUTO struct out screen = { 0 };
        bool there = advice_ticket(&page, &text);
        struct str ticket = unfolded(m->a, out_text(&text));
        ptrdiff_t theirs = 0;

        report_write(&m->v, REPORT_TEXT, &style, &screen);
        for (ptrdiff_t i = 0; i < m->plan.count; i++) {
                const struct step *s = &m->plan.items[i];

                if (!step_is_for(s, NULL) || !step_is_for_provider(s))
                        continue;
                theirs++;
                if (str_find(ticket, str_fmt(m->a, "%td. %.*s", theirs, STR_ARG(s->ask.len ? s->ask : S("Please: ")))) < 0)
                        complain(m, "the ticket does not ask", s->title);
                for (ptrdiff_t k = 0; k < s->resolves.count; k++)
                        if (str_find(ticket, T(s->resolves.items[k]->name)) < 0)
                                complain(m, "the ticket does not name", T(s->resolves.items[k]->name));
        }
        if (there != (theirs > 0))
                complain(m, "a ticket without a question, or none", ticket);
        if ((str_find(unfolded(m->a, out_text(&screen)), str_fmt(m->a, "Send your provider the %td questions", theirs)) >= 0) != (theirs > 1))
                complain(m, "the first screen does not ask them at once", ticket);
}

/* Each title of check's list stands in advise's output, behind the one before it. */
static void same_order_and_words(struct machine_plan *m) {
        struct str list = checks_list(m), json = advises_json(m), line;
        ptrdiff_t steps = 0, lines = 0;

        for (ptrdiff_t i = 0; i < m->plan.count; i++) {
                const struct step *s = &m->plan.items[i];
                ptrdiff_t at = str_find(json, str_fmt(m->a, "\"title\":\"%.*s\"", STR_ARG(s->title)));

                if (at < 0)
                        complain(m, "advise does not list in the plan's order", s->title);
                json = str_from(json, at < 0 ? 0 : at + 1);
                if (!step_is_for(s, NULL))
                        continue;
                steps++;
                if (!str_line(&list, &line) || !str_starts(line, steps_title(m->a, s)))
                        complain(m, "check does not list in the plan's order", s->title);
                lines++;
        }
        while (str_line(&list, &line))
                complain(m, "check lists what the plan does not have", line);
}

/* ---- What it holds ---- */

static void each_finding_once(struct machine_plan *m) {
        for (uint32_t i = 0; i < m->v.finding_count; i++) {
                const struct finding *f = &m->v.findings[i];
                bool asks = f->at_stake && f->status > STATUS_MITIGATED;
                int n = 0;

                for (ptrdiff_t k = 0; k < m->plan.count; k++)
                        n += step_is_for(&m->plan.items[k], f->flaw);
                if (n != asks)
                        complain(m, n < asks ? "no step is for" : "needless or double step for", T(f->flaw->id));
        }
}

static void nothing_twice(struct machine_plan *m) {
        for (ptrdiff_t i = 0; i < m->plan.count; i++)
                for (ptrdiff_t k = 0; k < i; k++) {
                        const struct step *x = &m->plan.items[k], *y = &m->plan.items[i];

                        if (str_eq(x->id, y->id) || str_eq(x->title, y->title))
                                complain(m, "twice", y->title);
                        if (x->phase > y->phase)
                                complain(m, "out of its phase", y->title);
                }
}

static void open_is_not_done(struct machine_plan *m, const struct step *s) {
        if (s->resolves.count && s->worst > STATUS_UNKNOWN && s->status != ACTION_TODO && s->who != DOER_NOBODY)
                complain(m, "for something open, but not to do", s->title);
        if (s->resolves.count && s->status != ACTION_TODO && s->status != ACTION_UNKNOWN)
                complain(m, "done, and yet a finding asks for it", s->title);
        if (s->resolves.count && s->trust != TRUST_ALWAYS)
                complain(m, "kept from those who trust their code", s->title);
}

/* Says how: in words, as a command, as a change, or as a question. */
static void can_be_done(struct machine_plan *m, const struct step *s, bool windows) {
        if (s->resolves.count && s->instructions.count == 0 && s->ask.len == 0 && s->who == DOER_YOU)
                complain(m, "says nothing about how", s->title);
        for (ptrdiff_t i = 0; i < s->instructions.count; i++) {
                struct str text = s->instructions.items[i].text;
                bool linux_only = str_find(text, S("apt-get")) >= 0 || str_find(text, S("/proc/")) >= 0 || str_find(text, S("grub")) >= 0;

                if (text.len == 0 || (windows && linux_only) || (!windows && str_starts(text, S("reg add"))))
                        complain(m, "not for this system", text);
                if (s->changes.count && str_find(text, S("PARAMETER")) >= 0)
                        complain(m, "names no parameter", text);
        }
}

static void changes_can_be_taken_back(struct machine_plan *m, const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *c = &s->changes.items[i];
                struct change undo, again;

                if (change_undo(&undo, c) != (c->was == FACT_KNOWN || c->was == FACT_ABSENT))
                        complain(m, "undo without the old value, or none with it", change_text(m->a, c));
                else if (change_undo(&undo, c) && (!change_undo(&again, &undo) || again.edit != c->edit || !str_eq(again.new, c->new)))
                        if (c->edit != EDIT_SET || c->was != FACT_ABSENT)
                                complain(m, "undone twice it is another change", change_text(m->a, c));
        }
}

static void each_step(struct machine_plan *m) {
        const struct fact *runs = facts_get(m->v.facts, COMPUTED_SYSTEM);
        bool windows = runs->state == FACT_KNOWN && str_eq(runs->text, S("windows"));

        for (ptrdiff_t i = 0; i < m->plan.count; i++) {
                const struct step *s = &m->plan.items[i];

                open_is_not_done(m, s);
                can_be_done(m, s, windows);
                changes_can_be_taken_back(m, s);
        }
}

static bool shares(struct texts x, struct texts y) {
        for (uint32_t i = 0; i < x.count; i++)
                if (texts_have(y, T_AT(x, i)))
                        return true;
        return false;
}

/* What `check` calls open, `advise` does not call done: by the verdicts that the action looks at, and by the remedies that it is. */
static void done_is_not_open(struct machine_plan *m, const struct plan *plan, struct str offering, struct str day) {
        for (ptrdiff_t i = 0; i < plan->count; i++) {
                const struct step *s = &plan->items[i];

                for (uint32_t k = 0; s->guided && s->status == ACTION_DONE && k < m->v.finding_count; k++) {
                        const struct finding *f = &m->v.findings[k];

                        if (!f->at_stake || f->status <= STATUS_UNKNOWN || (day.len && str_cmp(T(f->flaw->disclosed), day) > 0))
                                continue; /* or nobody knew of it on that day */
                        compared++;
                        if (shares(s->fixes, f->fixes))
                                complain(m, "done, and a remedy of what is open",
                                         str_fmt(m->a, "%.*s %.*s: %.*s, %.*s", STR_ARG(offering), STR_ARG(day), STR_ARG(s->id),
                                                 STR_ARG(T(f->flaw->id))));
                        for (uint32_t n = 0; n < s->evidence_count; n++)
                                if (str_eq(s->evidence[n].name, str_fmt(m->a, "verdict.%.*s", STR_ARG(T(f->flaw->id)))))
                                        complain(m, "done by a verdict that is open", s->id);
                }
        }
}

/* The machine's own system as each offering of it, whatever it was recognised as, on a day. */
static void every_offering(struct machine_plan *m, enum untrusted untrusted, struct str day) {
        const struct guidance *g = catalog_builtin.guidance;

        for (uint32_t i = 0; i < g->offering_count; i++) {
                struct advice_request request = { .offering = &g->offerings[i], .untrusted = untrusted, .as_of = day, .facts = m->v.facts };
                struct advice advice;
                struct plan plan;

                guidance_advise(&advice, m->a, g, &request);
                plan_make(&plan, m->a, &catalog_builtin, &advice, &m->v);
                done_is_not_open(m, &plan, T(g->offerings[i].id), day);
        }
}

/* Each day on which some document was revised. */
static void every_day(struct machine_plan *m, enum untrusted untrusted) {
        const struct guidance *g = catalog_builtin.guidance;

        every_offering(m, untrusted, S(""));
        for (uint32_t i = 0; i < g->revision_count; i++) {
                ARENA_AUTO struct arena scratch = { 0 };
                struct machine_plan then = *m;

                then.a = &scratch;
                every_offering(&then, untrusted, T(g->revisions[i].date));
                m->ok &= then.ok;
        }
}

static void test_machine(struct arena *a, struct str path, const struct evidence *e, enum untrusted untrusted) {
        const struct declared declared = { S("untrusted"), untrusted_word(untrusted) };
        const struct verdict_options options = { .facts = { .declared = &declared, .declared_count = untrusted != UNTRUSTED_UNDECLARED } };
        struct machine_plan m = { .path = path, .a = a, .ok = true };
        struct advice_request request = { .untrusted = untrusted };

        verdict_judge(&m.v, a, &catalog_builtin, e, &options);
        request.facts = m.v.facts;
        guidance_advise(&m.advice, a, catalog_builtin.guidance, &request);
        plan_make(&m.plan, a, &catalog_builtin, &m.advice, &m.v);
        same_order_and_words(&m);
        asks_the_provider(&m);
        each_finding_once(&m);
        nothing_twice(&m);
        each_step(&m);
        if (untrusted == UNTRUSTED_YES)
                every_day(&m, untrusted);
        (void)printf("%s %d - %.*s --untrusted %.*s\n", m.ok ? "ok" : "not ok", ++tests, STR_ARG(path), STR_ARG(untrusted_word(untrusted)));
        failures += !m.ok;
}

static void test_file(struct arena *a, struct str path, const struct evidence *e) {
        static const enum untrusted who[] = { UNTRUSTED_UNDECLARED, UNTRUSTED_NO, UNTRUSTED_YES };

        for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++)
                test_machine(a, path, e, who[i]);
}

static void test_near(struct arena *a, struct str path, const struct evidence *e) {
        for (int i = 0; i < NEAR_KINDS; i++) {
                struct evidence other;

                if (!near_make(&other, a, e, &near_kinds[i]))
                        continue;
                test_machine(a, str_fmt(a, "%.*s %s", STR_ARG(path), near_kinds[i].name), &other, UNTRUSTED_UNDECLARED);
                test_machine(a, str_fmt(a, "%.*s %s", STR_ARG(path), near_kinds[i].name), &other, UNTRUSTED_YES);
        }
}

int main(int argc, char **argv) {
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_file);
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_near);
        (void)printf("1..%d\n# %d pairs of an action that is done and an open finding\n", tests, compared);
        return tests == 0 || compared == 0 || failures > 0;
}
