#include "cli/fix.h"

#include "base/plain.h"
#include "cli/world.h"
#include "plan/summary.h"
#include "report/layout.h"
#include "report/steps.h"

enum { INDENT = 5, MOST_NAMES = 6 };

enum exit_result fix_exit(const struct fix_run *r) {
        return fix_plan_exit(&r->plan, r->here ? r->doable || r->waits : r->plan.steps.count > 0);
}

ptrdiff_t fix_left_open(const struct fix_run *r) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < r->plan.left.count; i++)
                n += r->plan.left.items[i].open;
        return n;
}

/* ---- Text ---- */

void fix_line(struct fix_run *r, int indent, const char *label, struct str text) {
        struct out *o = &r->cli->out;

        out_repeat(o, ' ', indent);
        out_c(o, label);
        layout_wrap(o, text, indent + (int)strlen(label), indent + 2, r->style.columns < 40 ? 40 : r->style.columns);
}

static void line(struct fix_run *r, const char *label, struct str text) {
        if (text.len)
                fix_line(r, INDENT, label, text);
}

static struct str names(struct arena *a, const struct resolved *all) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < all->count && i < MOST_NAMES; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? "; " : "", STR_ARG(T(all->items[i]->name)));
        return all->count > MOST_NAMES ? str_fmt(a, "%.*s; and %td more", STR_ARG(text), all->count - MOST_NAMES) : text;
}

static void title(struct fix_run *r, const char *text) {
        layout_title(&r->cli->out, str_of(text), r->style.color);
        out_char(&r->cli->out, '\n');
}

static void write_step(struct fix_run *r, ptrdiff_t n) {
        const struct planned_step *s = &r->plan.steps.items[n];
        struct arena *a = &r->cli->arena;
        struct str doubts = S("");

        out_fmt(&r->cli->out, "%3td. ", n + 1);
        layout_wrap(&r->cli->out, s->step.title, INDENT, INDENT, r->style.columns);
        line(r, "against ", names(a, &s->step.resolves));
        line(r, "it would also settle what is not known of ", names(a, &s->settles));
        line(r, "predicted to be safe then: ", names(a, &s->promised));
        for (ptrdiff_t i = 0; i < s->doubts.count; i++)
                doubts = str_fmt(a, "%.*s%.*s; ", STR_ARG(doubts), STR_ARG(s->doubts.items[i]));
        if (doubts.len)
                line(r, s->promised.count ? "the rest cannot be predicted here: " : "what comes of it cannot be predicted here: ",
                     str_fmt(a, "%.*scheck again afterwards", STR_ARG(doubts)));
        else if (s->promised.count == 0)
                line(r, "", s->step.resolves.count || s->step.changes.count == 0 ? S("what comes of it cannot be predicted here: check again afterwards")
                                                                       : s->step.why);
        for (ptrdiff_t i = 0; i < s->step.changes.count; i++)
                line(r, "change: ", plain(a, change_text(a, &s->step.changes.items[i])));
        if (r->here)
                fix_here_step_text(r, n, INDENT);
        if (s->step.restart)
                line(r, "", S("takes effect after a restart"));
        line(r, "cost: ", s->step.cost);
        out_char(&r->cli->out, '\n');
}

static void write_left_step(struct fix_run *r, const struct left_step *l) {
        struct str who = doer_said(l->step.who);

        out_c(&r->cli->out, "   * ");
        layout_wrap(&r->cli->out,
                    str_fmt(&r->cli->arena, "%.*s (%.*s%s%.*s)", STR_ARG(l->step.title), STR_ARG(who), who.len ? ": " : "",
                            STR_ARG(left_text(l->why))),
                    INDENT, INDENT, r->style.columns);
        if (l->step.ask.len == 0 && l->step.who != DOER_NOBODY) /* else the title has the names */
                line(r, "about ", names(&r->cli->arena, &l->step.resolves));
        line(r, "", l->step.ask);
}

static void write_left(struct fix_run *r) {
        bool any = false;

        for (ptrdiff_t i = 0; i < r->plan.left.count; i++) {
                if (!r->plan.left.items[i].open)
                        continue;
                if (!any)
                        title(r, "Left to do");
                any = true;
                write_left_step(r, &r->plan.left.items[i]);
        }
        if (any)
                out_char(&r->cli->out, '\n');
}

static void write_accepted(struct fix_run *r) {
        if (r->plan.accepted.count == 0)
                return;
        title(r, "Accepted risks");
        for (ptrdiff_t i = 0; i < r->plan.accepted.count; i++) {
                const struct accepted *one = r->plan.accepted.items[i];

                out_c(&r->cli->out, "   * ");
                layout_wrap(&r->cli->out,
                            plain(&r->cli->arena, str_fmt(&r->cli->arena, "%.*s: %s %.*s by %.*s: %.*s", STR_ARG(T(one->flaw->name)),
                                                          one->expired ? "expired; it was accepted until" : "accepted until",
                                                          STR_ARG(one->until), STR_ARG(one->who), STR_ARG(one->reason))),
                            INDENT, INDENT, r->style.columns);
        }
        out_char(&r->cli->out, '\n');
}

static bool has_registry(const struct fix_plan *p) {
        for (ptrdiff_t i = 0; i < p->steps.count; i++)
                for (ptrdiff_t k = 0; k < p->steps.items[i].step.changes.count; k++)
                        if (p->steps.items[i].step.changes.items[k].target.kind == TARGET_REGISTRY_VALUE)
                                return true;
        return false;
}

static void write_option(struct fix_run *r, const struct given *g) {
        struct str word = *g->value ? world_word(&r->cli->arena, str_of(g->value)) : S("");

        out_fmt(&r->cli->out, " --%s%s%.*s", g->option->name, word.len ? " " : "", STR_ARG(word));
}

/* What the plan hangs on beside the machine: without the same options another one would be made. */
static void write_options(struct fix_run *r) {
        static const struct str kept[] = { STR("for"), STR("untrusted"), STR("keep-smt"), STR("policy"), STR("data") };

        for (ptrdiff_t i = 0; i < r->cli->count; i++)
                for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
                        if (str_eq(str_of(r->cli->items[i].option->name), kept[k]))
                                write_option(r, &r->cli->items[i]);
}

static bool accepts(const struct fix_plan *p) {
        for (ptrdiff_t i = 0; i < p->accepted.count; i++)
                if (!p->accepted.items[i]->expired)
                        return true;
        return false;
}

/* What to do next, in a sentence. */
static void write_end(struct fix_run *r) {
        struct out *o = &r->cli->out;
        bool steps = r->plan.steps.count > 0;

        if (r->hash[0]) {
                out_fmt(o, "Nothing was changed. To carry this out: sidelight fix --apply --plan %.12s%.*s", r->hash,
                        STR_ARG(fix_place_words(&r->cli->arena, &r->place)));
                write_options(r);
                out_fmt(o, "%s\n", r->place.where == FIX_WINDOWS_DISK ? " --to DIR (changed copies) or --in-place" : "");
        } else if (r->waits)
                out_c(o, "There is nothing to edit: restart.\n");
        else if (fix_exit(r) == EXIT_CLEAN)
                out_fmt(o, "Nothing is open%s: there is nothing to do.\n", accepts(&r->plan) ? " but what you accepted" : "");
        else if (!steps)
                out_c(o, "Nothing of what is open can be closed by fix.\n");
        else if (r->here)
                out_c(o, "Nothing of this can be changed by fix: see what is left alone.\n");
        else
                out_fmt(o, "An evidence file cannot be changed: run sidelight fix on the machine itself, or with %s DIR on its files.%s\n",
                        has_registry(&r->plan) ? "--windows-root" : "--root",
                        has_registry(&r->plan) ? "\n--emit powershell and --emit reg write the registry values." : "");
}

void fix_write_text(struct fix_run *r) {
        bool steps = r->plan.steps.count > 0;

        if (r->here)
                fix_here_head_text(r);
        if (steps)
                title(r, "Steps");
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                write_step(r, i);
        if (r->here)
                fix_here_tail_text(r);
        write_left(r);
        write_accepted(r);
        fix_line(r, 0, "", r->verdict.catalog ? summary_origin(&r->verdict, &r->cli->arena) : summary_program(r->catalog, &r->cli->arena));
        write_end(r);
}

/* ---- JSON: docs/fix.schema.json ---- */

static void flaws(struct json *j, const char *key, const struct resolved *all) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < all->count; i++)
                json_str(j, NULL, T(all->items[i]->id));
        json_end_array(j);
}

static void json_step(struct fix_run *r, struct json *j, ptrdiff_t n) {
        const struct planned_step *s = &r->plan.steps.items[n];

        json_begin_object(j, NULL);
        json_str(j, "id", s->step.id);
        json_str(j, "title", s->step.title);
        json_str(j, "why", s->step.why);
        flaws(j, "resolves", &s->step.resolves);
        flaws(j, "settles", &s->settles);
        json_bool(j, "predicted", s->predicted);
        flaws(j, "promised", &s->promised);
        json_begin_array(j, "doubts");
        for (ptrdiff_t i = 0; i < s->doubts.count; i++)
                json_str(j, NULL, s->doubts.items[i]);
        json_end_array(j);
        json_str(j, "cost", s->step.cost);
        steps_json(j, &s->step);
        if (r->here)
                fix_here_step_json(r, n, j);
        json_end_object(j);
}

static void json_left(struct json *j, const struct left_step *l) {
        json_begin_object(j, NULL);
        json_str(j, "id", l->step.id);
        json_str(j, "title", l->step.title);
        json_str(j, "who", doer_word(l->step.who));
        json_str(j, "reason", left_word(l->why));
        json_bool(j, "open", l->open);
        flaws(j, "resolves", &l->step.resolves);
        if (l->step.ask.len)
                json_str(j, "ask", l->step.ask);
        else
                json_put_null(j, "ask");
        json_end_object(j);
}

static void json_accepted(struct json *j, const struct accepted *one) {
        json_begin_object(j, NULL);
        json_str(j, "flaw", T(one->flaw->id));
        json_str(j, "reason", one->reason);
        json_str(j, "who", one->who);
        json_str(j, "until", one->until);
        json_bool(j, "expired", one->expired);
        json_end_object(j);
}

void fix_write_json(struct fix_run *r) {
        struct json j = { .out = &r->cli->out };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_str(&j, "source", r->verdict.source);
        summary_json_program(&j, r->catalog);
        json_str_or_null(&j, "captured", r->verdict.captured);
        if (r->hash[0])
                json_str(&j, "plan", str_of(r->hash));
        else
                json_put_null(&j, "plan");
        json_u64(&j, "exit", fix_exit(r));
        json_begin_array(&j, "steps");
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                json_step(r, &j, i);
        json_end_array(&j);
        json_begin_array(&j, "left");
        for (ptrdiff_t i = 0; i < r->plan.left.count; i++)
                json_left(&j, &r->plan.left.items[i]);
        json_end_array(&j);
        json_begin_array(&j, "accepted");
        for (ptrdiff_t i = 0; i < r->plan.accepted.count; i++)
                json_accepted(&j, r->plan.accepted.items[i]);
        json_end_array(&j);
        if (r->here)
                fix_here_json(r, &j);
        json_end_object(&j);
        out_char(&r->cli->out, '\n');
}
