#include "cli/fix.h"

#include "base/plain.h"
#include "report/layout.h"
#include "report/steps.h"

enum { INDENT = 5, MOST_NAMES = 6 };

enum fix_exit fix_exit(const struct fix_run *r) {
        if (r->here ? r->doable || r->waits : r->plan.steps.count > 0)
                return FIX_STEPS;
        for (ptrdiff_t i = 0; i < r->plan.left.count; i++)
                if (r->plan.left.items[i].why != LEFT_USELESS && r->plan.left.items[i].why != LEFT_NOT_NEEDED)
                        return FIX_OTHERS;
        return r->plan.steps.count ? FIX_OTHERS : FIX_NOTHING; /* steps of which each was refused */
}

/* ---- Text ---- */

static void line(struct fix_run *r, const char *label, struct str text) {
        struct out *o = &r->cli->out;

        if (text.len == 0)
                return;
        out_repeat(o, ' ', INDENT);
        out_c(o, label);
        layout_wrap(o, text, INDENT + (int)strlen(label), INDENT + 2, r->style.columns < 40 ? 40 : r->style.columns);
}

static struct str names(struct arena *a, const struct resolved *all) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < all->count && i < MOST_NAMES; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? "; " : "", STR_ARG(all->items[i]->name));
        return all->count > MOST_NAMES ? str_fmt(a, "%.*s; and %td more", STR_ARG(text), all->count - MOST_NAMES) : text;
}

static void title(struct fix_run *r, const char *text) {
        layout_title(&r->cli->out, str_of(text), r->style.color);
        out_char(&r->cli->out, '\n');
}

static void write_step(struct fix_run *r, ptrdiff_t n) {
        const struct planned_step *s = &r->plan.steps.items[n];
        struct arena *a = &r->cli->arena;

        out_fmt(&r->cli->out, "%3td. ", n + 1);
        layout_wrap(&r->cli->out, s->step.title, INDENT, INDENT, r->style.columns);
        line(r, "against ", names(a, &s->step.resolves));
        if (s->promised.count)
                line(r, "predicted to be safe then: ", names(a, &s->promised));
        else
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

static void write_left(struct fix_run *r) {
        bool any = false;

        for (ptrdiff_t i = 0; i < r->plan.left.count; i++) {
                const struct left_step *l = &r->plan.left.items[i];
                struct str who = doer_said(l->step.who);

                if (l->why == LEFT_USELESS || l->why == LEFT_NOT_NEEDED)
                        continue;
                if (!any)
                        title(r, "Left to do");
                any = true;
                out_c(&r->cli->out, "   * ");
                layout_wrap(&r->cli->out,
                            str_fmt(&r->cli->arena, "%.*s (%.*s%s%.*s)", STR_ARG(l->step.title), STR_ARG(who), who.len ? ": " : "",
                                    STR_ARG(left_text(l->why))),
                            INDENT, INDENT, r->style.columns);
                line(r, "", l->step.ask);
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
                            plain(&r->cli->arena, str_fmt(&r->cli->arena, "%.*s: %s %.*s by %.*s: %.*s", STR_ARG(one->flaw->name),
                                                          one->expired ? "expired; it was accepted until" : "accepted until",
                                                          STR_ARG(one->until), STR_ARG(one->who), STR_ARG(one->reason))),
                            INDENT, INDENT, r->style.columns);
        }
        out_char(&r->cli->out, '\n');
}

void fix_write_text(struct fix_run *r) {
        struct out *o = &r->cli->out;
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
        if (r->hash[0])
                out_fmt(o, "Nothing was changed. To carry this out: sidelight fix --apply --plan %.12s\n", r->hash);
        else if (!r->waits)
                out_c(o, steps ? "Nothing of this can be changed by fix.\n" : "There is nothing that fix could change here.\n");
        else
                out_c(o, "There is nothing to edit: restart.\n");
}

/* ---- JSON: docs/fix.schema.json ---- */

static void flaws(struct json *j, const char *key, const struct resolved *all) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < all->count; i++)
                json_str(j, NULL, all->items[i]->id);
        json_end_array(j);
}

static void json_step(struct fix_run *r, struct json *j, ptrdiff_t n) {
        const struct planned_step *s = &r->plan.steps.items[n];

        json_begin_object(j, NULL);
        json_str(j, "id", s->step.id);
        json_str(j, "title", s->step.title);
        json_str(j, "why", s->step.why);
        flaws(j, "resolves", &s->step.resolves);
        json_bool(j, "predicted", s->predicted);
        flaws(j, "promised", &s->promised);
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
        flaws(j, "resolves", &l->step.resolves);
        if (l->step.ask.len)
                json_str(j, "ask", l->step.ask);
        else
                json_put_null(j, "ask");
        json_end_object(j);
}

static void json_accepted(struct json *j, const struct accepted *one) {
        json_begin_object(j, NULL);
        json_str(j, "flaw", one->flaw->id);
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
