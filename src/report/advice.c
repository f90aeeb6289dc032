/* The list of actions: the guidance's and the findings', each with the steps for the system at hand. */
#include "report/advice_format.h"

#include "report/explain.h"
#include "report/summary.h"

struct maker {
        const struct advice_page *page;
        struct counsels *ret;
        struct arena *a;
        struct str distribution; /* names that steps may stand under, "ubuntu debian"; empty when not known */
        struct str general;      /* names whose steps hold anyway, "linux azure any" */
};

static bool in_group(const struct offering *o, struct str group) {
        for (uint32_t i = 0; o && i < o->groups.count; i++)
                if (str_eq(o->groups.items[i], group))
                        return true;
        return false;
}

/* Under which names steps are looked for. */
static void choose_systems(struct maker *m) {
        const struct offering *o = m->page->advice->where.offering;
        bool windows = in_group(o, S("azure-windows"));

        if (m->page->report && !windows)
                m->distribution = explain_distribution(m->page->report->facts->evidence, m->a);
        else if (windows)
                m->distribution = S("windows");
        m->general = str_fmt(m->a, "%s%sany", str_has_word(m->distribution, S("windows")) ? "" : "linux ",
                             in_group(o, S("azure")) ? "azure " : "");
}

static bool has_step(const struct counsel *c, struct str text) {
        for (uint32_t i = 0; i < c->step_count; i++)
                if (str_eq(c->steps[i], text))
                        return true;
        return false;
}

static void add_step(struct maker *m, struct counsel *c, struct str text) {
        struct str *longer;

        if (has_step(c, text))
                return;
        longer = arena_array(m->a, struct str, (ptrdiff_t)c->step_count + 1);
        if (c->step_count)
                memcpy(longer, c->steps, c->step_count * sizeof(*longer));
        longer[c->step_count++] = text;
        c->steps = longer;
}

/* The steps under one name; false when there are none. */
static bool add_steps_of(struct maker *m, struct counsel *c, const struct fix_step *steps, uint32_t count, struct str name) {
        bool found = false;

        for (uint32_t i = 0; i < count; i++)
                if (str_eq(steps[i].on, name)) {
                        add_step(m, c, steps[i].text);
                        found = true;
                }
        return found;
}

/* The first name of the distribution that has steps, then those that hold anyway; where the distribution is not known, each
 * distribution's under its name. */
static void add_steps(struct maker *m, struct counsel *c, const struct fix_step *steps, uint32_t count) {
        struct str names = m->distribution, name;

        while (str_word(&names, &name) && !add_steps_of(m, c, steps, count, name))
                ;
        for (uint32_t i = 0; m->distribution.len == 0 && i < count; i++)
                if (!str_has_word(m->general, steps[i].on) && !str_has_word(S("windows azure"), steps[i].on))
                        add_step(m, c, str_fmt(m->a, "%.*s: %.*s", STR_ARG(steps[i].on), STR_ARG(steps[i].text)));
        names = m->general;
        while (str_word(&names, &name))
                (void)add_steps_of(m, c, steps, count, name);
}

static void add_fixes(struct maker *m, struct counsel *c) {
        for (uint32_t i = 0; i < c->fixes.count; i++) {
                const struct fix *fix = catalog_fix(m->page->catalog, c->fixes.items[i]);

                if (!fix)
                        continue;
                add_steps(m, c, fix->steps, fix->step_count);
                if (c->cost.len == 0)
                        c->cost = fix->cost;
        }
}

static struct str source_of(struct maker *m, const struct action *action) {
        struct str id = m->page->advice->revision->id;

        return action->section.len ? str_fmt(m->a, "%.*s, %.*s", STR_ARG(id), STR_ARG(action->section)) : id;
}

static void add_item(struct maker *m, const struct advice_item *item) {
        const struct action *action = item->action;
        struct counsel *c = arena_append(m->a, m->ret);

        *c = (struct counsel){
                .id = action->id,
                .title = action->title,
                .who = action->who,
                .why = item->why,
                .ask = item->status == ACTION_UNKNOWN ? action->ask : S(""),
                .cost = action->cost,
                .source = source_of(m, action),
                .status = item->status,
                .trust = (enum trust)action->trust,
                .statements = action->statements,
                .fixes = action->fixes,
                .evidence = item->evidence,
                .evidence_count = item->evidence_count,
                .missing = item->missing,
                .missing_count = item->missing_count,
        };
        add_steps(m, c, action->steps, action->step_count);
        add_fixes(m, c);
}

/* ---- What the findings ask for ---- */

/* An action of the guidance that is still to do and uses this remedy. */
static struct counsel *covered(struct maker *m, const struct fix *fix) {
        for (ptrdiff_t i = 0; fix && i < m->ret->count; i++) {
                struct counsel *c = &m->ret->items[i];

                for (uint32_t k = 0; c->status == ACTION_TODO && k < c->fixes.count; k++)
                        if (str_eq(c->fixes.items[k], fix->id))
                                return c;
        }
        return NULL;
}

static struct str flaw_names(struct maker *m, const struct todo *t) {
        struct str names = S("");

        for (ptrdiff_t i = 0; i < t->count; i++)
                names = str_fmt(m->a, "%.*s%s%.*s", STR_ARG(names), i ? ", " : "", STR_ARG(t->items[i]->name));
        return names;
}

static void add_todo(struct maker *m, const struct todo *t) {
        struct counsel *c = covered(m, t->fix);
        struct str *fixes = arena_array(m->a, struct str, 1);

        if (!c) {
                c = arena_append(m->a, m->ret);
                *c = (struct counsel){
                        .id = t->fix ? t->fix->id : str_fmt(m->a, "ask-%.*s", STR_ARG(t->items[0]->id)),
                        .title = t->fix ? t->fix->title : t->theirs ? S("Ask your provider") : S("Find out"),
                        .who = t->theirs ? S("provider") : S("you"),
                        .ask = t->ask,
                        .source = S("this machine's verdicts"),
                        .status = t->fix && t->worst != STATUS_UNKNOWN ? ACTION_TODO : ACTION_UNKNOWN,
                };
                c->why = str_fmt(m->a,
                                 t->fix                       ? "Against %.*s."
                                 : t->worst == STATUS_UNKNOWN ? "Nothing seen here tells about %.*s."
                                                              : "%.*s is open here, and this machine cannot close it.",
                                 STR_ARG(flaw_names(m, t)));
                if (t->fix) {
                        fixes[0] = t->fix->id;
                        c->fixes = (struct str_list){ .items = fixes, .count = 1 };
                        add_fixes(m, c);
                }
        }
        c->flaws = t->items;
        c->flaw_count = (uint32_t)t->count;
}

void advice_counsels(struct counsels *ret, const struct advice_page *p) {
        struct maker m = { .page = p, .ret = ret, .a = p->arena };
        const struct advice *advice = p->advice;
        struct todos todos = { 0 };
        ptrdiff_t i = 0;

        *ret = (struct counsels){ 0 };
        choose_systems(&m);
        for (; i < advice->count && advice->items[i].action->phase < PHASE_SETTING; i++)
                add_item(&m, &advice->items[i]);
        if (p->report && advice->as_of.len == 0)
                todos = summary_todos(p->report, p->arena);
        for (ptrdiff_t k = 0; k < todos.count; k++)
                add_todo(&m, &todos.items[k]);
        for (; i < advice->count; i++)
                add_item(&m, &advice->items[i]);
}

/* ---- Formats ---- */

static struct advice_writer writer(enum advice_format format, const struct report_style *s, struct arena *a, struct out *o) {
        return (struct advice_writer){ .style = s, .a = a, .o = o, .markdown = format == ADVICE_MARKDOWN };
}

void advice_write(const struct advice_page *p, enum advice_format format, const struct report_style *s, struct out *o) {
        struct advice_writer w = writer(format, s, p->arena, o);
        struct counsels all;

        advice_counsels(&all, p);
        if (format == ADVICE_JSON)
                advice_json(p, &all, o);
        else
                advice_people(p, &all, &w);
}

void advice_revisions(const struct guidance *g, enum advice_format format, const struct report_style *s, struct arena *a,
                      struct out *out) {
        struct advice_writer w = writer(format, s, a, out);

        if (format == ADVICE_JSON)
                advice_revisions_json(g, out);
        else
                advice_revisions_people(g, &w);
}

void advice_revision(const struct guidance *g, const struct revision *r, const struct offering *o, enum advice_format format,
                     const struct report_style *s, struct arena *a, struct out *out) {
        struct advice_writer w = writer(format, s, a, out);

        if (format == ADVICE_JSON)
                advice_revision_json(g, r, o, out);
        else
                advice_revision_people(g, r, o, &w);
}

void advice_changes(const struct guidance *g, const struct revision *before, const struct revision *after,
                    const struct offering *o, enum advice_format format, const struct report_style *s, struct arena *a,
                    struct out *out) {
        struct advice_writer w = writer(format, s, a, out);
        struct guidance_changes c;

        guidance_diff(&c, a, g, before, after, o);
        if (format == ADVICE_JSON)
                advice_changes_json(g, before, after, o, &c, out);
        else
                advice_changes_people(g, before, after, o, &c, &w);
}
