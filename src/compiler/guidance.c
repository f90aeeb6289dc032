/* Guidance: offerings, dated revisions, statements and actions (data/guidance/). */
#include <stdlib.h>

#include "base/date.h"
#include "compiler/builder.h"

struct builder_guidance {
        BUILDER_LIST(struct offering, offerings);
        BUILDER_LIST(struct revision, revisions);
        BUILDER_LIST(struct statement, statements);
        BUILDER_LIST(struct action, actions);
};

/* ---- Offerings ---- */

static int add_signs(struct builder *b, const struct raw_offering *r, struct offering *o) {
        struct offering_sign *signs = arena_array(b->a, struct offering_sign, r->signs_count + 1);

        for (unsigned i = 0; i < r->signs_count; i++) {
                enum sureness sure;

                if (!sureness_parse(str_of(r->signs[i].sure), &sure) || sure < SURE_POSSIBLE || sure > SURE_CERTAIN)
                        return builder_fail(b, str_of(r->signs[i].sure), "'%s' is not one of certain, likely, possible",
                                            r->signs[i].sure);
                if (builder_condition(b, str_of(r->signs[i].when), &signs[i].when) < 0)
                        return -1;
                signs[i].sure = (uint8_t)sure;
                signs[i].because = builder_copy(b, r->signs[i].because);
        }
        o->signs = signs;
        o->sign_count = r->signs_count;
        return 0;
}

static int add_offering(struct builder *b, struct builder_guidance *g, const struct raw_offering *r) {
        struct offering o = { 0 }, *ret = &o;

        OFFERING_FIELDS(COPY_FIELD)
        if (add_signs(b, r, &o) < 0)
                return -1;
        *arena_append(b->a, &g->offerings) = o;
        return 0;
}

/* An offering's id, or a group that some offering is in. */
static bool is_audience(const struct builder_guidance *g, struct str name) {
        for (ptrdiff_t i = 0; i < g->offerings.count; i++) {
                const struct offering *o = &g->offerings.items[i];

                if (str_eq(T(o->id), name))
                        return true;
                for (uint32_t k = 0; k < o->groups.count; k++)
                        if (str_eq(T_AT(o->groups, k), name))
                                return true;
        }
        return false;
}

/* ---- Revisions ---- */

static int add_revision(struct builder *b, struct builder_guidance *g, const struct raw_revision *r) {
        struct revision *last = g->revisions.count ? &g->revisions.items[g->revisions.count - 1] : NULL;
        struct revision new = { 0 }, *ret = &new;

        REVISION_FIELDS(COPY_FIELD)
        if (!date_valid(T(new.date)))
                return builder_fail(b, T(new.id), "'%.*s' is not a date (YYYY-MM-DD)", STR_ARG(T(new.date)));
        if (last && str_eq(T(last->document), T(new.document)) && str_cmp(T(last->date), T(new.date)) >= 0)
                return builder_fail(b, T(new.id), "revision '%.*s' must be later than '%.*s'", STR_ARG(T(new.id)),
                                    STR_ARG(T(last->id)));
        *arena_append(b->a, &g->revisions) = new;
        return 0;
}

static int find_revision(struct builder *b, const struct builder_guidance *g, raw_text id, uint32_t *ret) {
        for (ptrdiff_t i = 0; i < g->revisions.count; i++)
                if (str_eq(T(g->revisions.items[i].id), str_of(id))) {
                        *ret = (uint32_t)i;
                        return 0;
                }
        return builder_fail(b, str_of(id), "unknown revision '%s' (not in guidance/revisions.yaml)", id);
}

static void add_statement(struct builder *b, struct builder_guidance *g, const struct raw_statement *r) {
        struct statement *ret = arena_append(b->a, &g->statements);

        STATEMENT_FIELDS(COPY_FIELD)
}

/* ---- Actions ---- */

static int check_names(struct builder *b, const struct builder_guidance *g, const struct action *a) {
        for (uint32_t i = 0; i < a->offerings.count; i++)
                if (!is_audience(g, T_AT(a->offerings, i)))
                        return builder_fail(b, T_AT(a->offerings, i), "'%.*s' is neither an offering nor a group of offerings",
                                            STR_ARG(T_AT(a->offerings, i)));
        for (uint32_t i = 0; i < a->statements.count; i++) {
                bool known = false;

                for (ptrdiff_t k = 0; k < g->statements.count; k++)
                        known |= str_eq(T(g->statements.items[k].id), T_AT(a->statements, i));
                if (!known)
                        return builder_fail(b, T_AT(a->statements, i), "unknown statement '%.*s'",
                                            STR_ARG(T_AT(a->statements, i)));
        }
        return builder_check_fixes(b, a->fixes);
}

static int add_done(struct builder *b, const struct builder_guidance *g, const struct raw_action *r, struct action *a) {
        struct action_done *done = arena_array(b->a, struct action_done, r->done_count + 1);

        for (unsigned i = 0; i < r->done_count; i++) {
                if (find_revision(b, g, r->done[i].revision, &done[i].from) < 0 ||
                    builder_condition(b, str_of(r->done[i].when), &done[i].when) < 0)
                        return -1;
                if (i > 0 && done[i].from <= done[i - 1].from)
                        return builder_fail(b, str_of(r->done[i].when), "the conditions of 'done' must be in order of date");
        }
        a->done = done;
        a->done_count = r->done_count;
        return 0;
}

static int add_words(struct builder *b, const struct raw_action *r, struct action *a) {
        enum trust trust = TRUST_ALWAYS;
        enum action_status fixed = ACTION_STATUS_COUNT;
        enum phase phase;

        if (builder_phase(b, r->phase, &phase) < 0)
                return -1;
        if (r->trust && !trust_parse(str_of(r->trust), &trust))
                return builder_fail(b, str_of(r->trust), "'%s' is not one of always, trusted, untrusted, guests", r->trust);
        if (r->fixed && !action_status_parse(str_of(r->fixed), &fixed))
                return builder_fail(b, str_of(r->fixed), "'%s' is not one of todo, unknown, optional, done, not-needed", r->fixed);
        if (!str_eq(T(a->who), S("you")) && !str_eq(T(a->who), S("provider")))
                return builder_fail(b, T(a->who), "'who' must be you or provider, not '%.*s'", STR_ARG(T(a->who)));
        if (r->optional && !str_eq(str_of(r->optional), S("yes")) && !str_eq(str_of(r->optional), S("no")))
                return builder_fail(b, str_of(r->optional), "'optional' must be yes or no, not '%s'", r->optional);
        a->optional = r->optional && str_eq(str_of(r->optional), S("yes"));
        a->trust = (uint8_t)trust;
        a->fixed = (uint8_t)fixed;
        a->phase = (uint8_t)phase;
        return 0;
}

static bool same_document(const struct builder_guidance *g, uint32_t x, uint32_t y) {
        return str_eq(T(g->revisions.items[x].document), T(g->revisions.items[y].document));
}

/* When it holds, and what it hangs on. */
static int add_conditions(struct builder *b, const struct builder_guidance *g, const struct raw_action *r, struct action *a) {
        a->until = NO_REVISION;
        a->needs = NO_CONDITION;
        if (find_revision(b, g, r->from_revision, &a->from) < 0 || (r->until_revision && find_revision(b, g, r->until_revision, &a->until) < 0))
                return -1;
        if (r->until_revision && (a->until <= a->from || !same_document(g, a->from, a->until)))
                return builder_fail(b, str_of(r->until_revision), "'until' of '%s' must be a later revision of the document of its 'from'", r->id);
        if (r->needs && !r->needless)
                return builder_fail(b, str_of(r->needs), "'%s' has 'needs', so it must have 'needless'", r->id);
        if ((r->needs && builder_condition(b, str_of(r->needs), &a->needs) < 0) ||
            (r->applies && builder_condition(b, str_of(r->applies), &a->applies) < 0))
                return -1;
        return add_done(b, g, r, a);
}

/* The order is: phase by phase, and in a phase as the actions stand in their file. `after` promises that an action follows
 * another, and is held against that. */
static int check_after(struct builder *b, const struct builder_guidance *g, const struct raw_action *r, const struct action *a) {
        for (unsigned i = 0; i < r->after_count; i++) {
                bool found = false;

                for (ptrdiff_t k = 0; k < g->actions.count; k++)
                        found |= str_eq(T(g->actions.items[k].id), str_of(r->after[i])) && g->actions.items[k].phase <= a->phase;
                if (!found)
                        return builder_fail(b, str_of(r->after[i]), "'%s' must come after '%s', which does not come before it", r->id,
                                            r->after[i]);
        }
        return 0;
}

static int add_action(struct builder *b, struct builder_guidance *g, const struct raw_action *r) {
        struct action a = { .step_count = r->steps_count }, *ret = &a;

        ACTION_FIELDS(COPY_FIELD)
        if (add_words(b, r, &a) < 0 || check_names(b, g, &a) < 0 || add_conditions(b, g, r, &a) < 0 ||
            builder_steps(b, r->steps, r->steps_count, &a.steps) < 0 ||
            builder_define_steps(b, r->steps, r->steps_count, a.steps) < 0 || check_after(b, g, r, &a) < 0)
                return -1;
        a.number = (uint32_t)g->actions.count;
        *arena_append(b->a, &g->actions) = a;
        return 0;
}

/* ---- The whole ---- */

/* Files come in order of path, but actions name offerings, revisions and statements. */
static bool has_revisions(const struct builder_guidance *g, struct str document) {
        for (ptrdiff_t i = 0; i < g->revisions.count; i++)
                if (str_eq(T(g->revisions.items[i].document), document))
                        return true;
        return false;
}

static int check_document(struct builder *b, const struct builder_guidance *g, const struct raw_offering *r) {
        if (!r->document || has_revisions(g, str_of(r->document)))
                return 0;
        return builder_fail(b, str_of(r->id), "'%s' has guidance '%s', of which there is no revision", r->id, r->document);
}

static int gather(struct builder *b, struct builder_guidance *g, bool actions) {
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                const struct raw_file *f = &b->files[i];

                b->file = f->file;
                b->cursor = 0;
                for (unsigned k = 0; !actions && k < f->offerings_count; k++)
                        if (add_offering(b, g, &f->offerings[k]) < 0)
                                return -1;
                for (unsigned k = 0; !actions && k < f->revisions_count; k++)
                        if (add_revision(b, g, &f->revisions[k]) < 0)
                                return -1;
                for (unsigned k = 0; !actions && k < f->statements_count; k++)
                        add_statement(b, g, &f->statements[k]);
                for (unsigned k = 0; actions && k < f->offerings_count; k++)
                        if (check_document(b, g, &f->offerings[k]) < 0)
                                return -1;
                for (unsigned k = 0; actions && k < f->actions_count; k++)
                        if (add_action(b, g, &f->actions[k]) < 0)
                                return -1;
        }
        return 0;
}

static int by_phase(const void *x, const void *y) {
        const struct action *p = x, *q = y;

        if (p->phase != q->phase)
                return p->phase < q->phase ? -1 : 1;
        return p->number < q->number ? -1 : 1;
}

int builder_guidance(struct builder *b) {
        struct builder_guidance g = { 0 };
        struct guidance *made = arena_new(b->a, struct guidance);

        b->flaw = NULL;
        if (gather(b, &g, false) < 0 || gather(b, &g, true) < 0)
                return -1;
        if (g.actions.count)
                qsort(g.actions.items, (size_t)g.actions.count, sizeof(*g.actions.items), by_phase);
        *made = (struct guidance){
#define LIST(name, number) .name = g.name.items, .number = (uint32_t)g.name.count
                LIST(offerings, offering_count),
                LIST(revisions, revision_count),
                LIST(statements, statement_count),
                LIST(actions, action_count),
#undef LIST
        };
        b->guidance = made;
        return 0;
}
