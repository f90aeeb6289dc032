#include "guidance/guidance.h"

static const struct str untrusted_words[] = {
#define X(name, word) [UNTRUSTED_##name] = STR(word),
        UNTRUSTEDS(X)
#undef X
};

struct str untrusted_word(enum untrusted u) {
        return untrusted_words[u];
}

void guidance_recognise(struct facts *f, struct whereabouts *ret) {
        const struct guidance *g = f->catalog->guidance;

        *ret = (struct whereabouts){ .sure = SURE_NOT_KNOWN };
        for (uint32_t i = 0; i < g->offering_count; i++) {
                const struct offering *o = &g->offerings[i];

                for (uint32_t k = 0; k < o->sign_count; k++)
                        if (o->signs[k].sure > ret->sure && condition_eval(f, o->signs[k].when) == TRI_TRUE)
                                *ret = (struct whereabouts){ .offering = o, .sure = (enum sureness)o->signs[k].sure,
                                                             .because = T(o->signs[k].because) };
        }
}

const struct revision *guidance_in_force(const struct guidance *g, struct str document, struct str date) {
        const struct revision *found = NULL;

        for (uint32_t i = 0; i < g->revision_count; i++)
                if (str_eq(T(g->revisions[i].document), document) && (date.len == 0 || str_cmp(T(g->revisions[i].date), date) <= 0))
                        found = &g->revisions[i];
        return found;
}

const struct revision *guidance_next(const struct guidance *g, const struct revision *r) {
        const struct revision *next = r + 1;

        return next < g->revisions + g->revision_count && str_eq(T(next->document), T(r->document)) ? next : NULL;
}

static bool is_for(const struct action *action, const struct offering *o) {
        for (uint32_t i = 0; i < action->offerings.count; i++) {
                if (!o || str_eq(T_AT(action->offerings, i), T(o->id)))
                        return true;
                for (uint32_t k = 0; k < o->groups.count; k++)
                        if (str_eq(T_AT(action->offerings, i), T_AT(o->groups, k)))
                                return true;
        }
        return false;
}

bool guidance_has(const struct guidance *g, const struct action *action, const struct revision *r,
                  const struct offering *o) {
        uint32_t number = (uint32_t)(r - g->revisions);

        return str_eq(T(g->revisions[action->from].document), T(r->document)) && action->from <= number &&
               number < action->until && is_for(action, o);
}

/* Is the action for what runs there? Undeclared: everything is shown, each with its condition. */
static bool concerns(const struct action *action, enum untrusted u) {
        switch ((enum trust)action->trust) {
        case TRUST_TRUSTED:
                return u == UNTRUSTED_NO || u == UNTRUSTED_UNDECLARED;
        case TRUST_UNTRUSTED:
                return u != UNTRUSTED_NO;
        case TRUST_GUESTS:
                return u == UNTRUSTED_GUESTS || u == UNTRUSTED_YES || u == UNTRUSTED_UNDECLARED;
        case TRUST_ALWAYS:
        case TRUST_COUNT:
                break;
        }
        return true;
}

/* Another system's actions are not shown. */
static bool applies(const struct action *action, struct facts *f) {
        return action->applies == NO_CONDITION || !f || condition_eval(f, action->applies) != TRI_FALSE;
}

static struct str declared_value(const struct advice_request *r, struct str name) {
        for (uint32_t i = 0; i < r->declared_count; i++)
                if (str_eq(r->declared[i].name, name))
                        return r->declared[i].value;
        return (struct str){ 0 };
}

/* What the user said of it: done, to do, or nothing (ACTION_STATUS_COUNT). */
static enum action_status said(const struct action *action, const struct advice_request *r) {
        struct str value = declared_value(r, T(action->declare));

        if (str_eq(T(action->declare), S("untrusted")))
                return r->untrusted == UNTRUSTED_UNDECLARED ? ACTION_TODO : ACTION_DONE;
        if (action->declare.len == 0 || value.len == 0)
                return ACTION_STATUS_COUNT;
        return str_eq(value, S("no")) ? ACTION_TODO : ACTION_DONE;
}

/* The condition that tells, at this revision, whether it is done; NO_CONDITION when none does. */
static condition done_at(const struct action *action, uint32_t revision) {
        condition found = NO_CONDITION;

        for (uint32_t i = 0; i < action->done_count; i++)
                if (action->done[i].from <= revision)
                        found = action->done[i].when;
        return found;
}

/* The proof; where it is false because several things are, all of them: they all have to be mended. */
static void prove(struct facts *f, condition c, struct fact_set *ret) {
        const struct node *n = &f->catalog->nodes[c];
        const struct fact_def *def = n->op == NODE_FACT ? &f->catalog->facts[n->fact] : NULL;
        bool whole = condition_eval(f, c) == TRI_FALSE;

        if (whole && n->op == NODE_AND) {
                const condition both[] = { n->a, n->b };

                for (size_t i = 0; i < 2; i++)
                        if (condition_eval(f, both[i]) == TRI_FALSE)
                                prove(f, both[i], ret);
        } else if (whole && def && def->kind == FACT_KIND_DERIVED) {
                prove(f, def->gate, ret);
        } else {
                condition_proof(f, c, ret);
        }
}

/* Does the condition look at this fact for more than whether it is there? */
static bool looks_into(const struct catalog *k, condition c, uint32_t fact) {
        const struct node *n = &k->nodes[c];

        switch ((enum node_op)n->op) {
        case NODE_NOT:
                return looks_into(k, n->a, fact);
        case NODE_AND:
        case NODE_OR:
                return looks_into(k, n->a, fact) || looks_into(k, n->b, fact);
        case NODE_TRUE:
        case NODE_PRESENT:
        case NODE_ABSENT:
                return false;
        case NODE_CPU_IN:
                return true;
        case NODE_FACT:
                return n->fact == fact || k->facts[n->fact].kind == FACT_KIND_DERIVED;
        default:
                return n->fact == fact || n->compares_facts;
        }
}

static const struct quoted_fact *quote(struct facts *f, struct arena *a, condition c, uint32_t *ret_count) {
        struct fact_set set = { 0 };
        struct quoted_fact *quoted;

        prove(f, c, &set);
        quoted = arena_array(a, struct quoted_fact, set.count + 1);
        for (ptrdiff_t i = 0; i < set.count; i++) {
                const struct fact_def *def = &f->catalog->facts[set.items[i]];
                const struct fact *v = facts_get(f, set.items[i]);

                bool there = v->state == FACT_KNOWN && !looks_into(f->catalog, c, set.items[i]);

                quoted[i] = (struct quoted_fact){ .name = T(def->name), .value = there ? S("there") : fact_text(a, def, v), .source = v->source };
        }
        *ret_count = (uint32_t)set.count;
        return quoted;
}

/* By the machine's facts. */
static void judge(struct advice_item *item, struct facts *f, struct arena *a) {
        condition done = item->done;
        enum tri is_done;

        if (item->action->needs != NO_CONDITION && condition_eval(f, item->action->needs) == TRI_FALSE) {
                item->status = ACTION_NOT_NEEDED;
                item->why = T(item->action->needless);
                item->evidence = quote(f, a, item->action->needs, &item->evidence_count);
                return;
        }
        if (done == NO_CONDITION) {
                item->status = item->action->declare.len || item->action->ask.len ? ACTION_UNKNOWN : ACTION_TODO;
                return;
        }
        is_done = condition_eval(f, done);
        item->status = is_done == TRI_TRUE ? ACTION_DONE : is_done == TRI_FALSE ? ACTION_TODO : ACTION_UNKNOWN;
        if (is_done == TRI_UNKNOWN)
                item->missing = quote(f, a, done, &item->missing_count);
        else
                item->evidence = quote(f, a, done, &item->evidence_count);
}

/* By what is known without the machine: only what that proves. */
static void judge_scope(struct advice_item *item, struct facts *f, struct arena *a) {
        struct advice_item judged = *item;

        judge(&judged, f, a);
        if (judged.status == ACTION_DONE || judged.status == ACTION_NOT_NEEDED)
                *item = judged;
}

static void add(struct advice *ret, struct arena *a, const struct action *action, const struct advice_request *r) {
        struct advice_item *item = arena_append(a, ret);
        enum action_status from_user = said(action, r);

        *item = (struct advice_item){ .action = action, .status = ACTION_TODO, .why = T(action->why),
                                      .done = done_at(action, (uint32_t)(ret->revision - ret->guidance->revisions)) };
        if (action->fixed != ACTION_STATUS_COUNT)
                item->status = (enum action_status)action->fixed;
        else if (from_user != ACTION_STATUS_COUNT)
                item->status = from_user;
        else if (r->facts)
                judge(item, r->facts, a);
        else if (r->scope)
                judge_scope(item, r->scope, a);
        if (action->optional && item->status <= ACTION_UNKNOWN)
                item->status = ACTION_OPTIONAL;
        /* "Yes" does not say whether there are guests. */
        if (action->trust == TRUST_GUESTS && r->untrusted == UNTRUSTED_YES && item->status == ACTION_TODO)
                item->status = ACTION_UNKNOWN;
}

void guidance_advise(struct advice *ret, struct arena *a, const struct guidance *g, const struct advice_request *r) {
        *ret = (struct advice){ .guidance = g, .untrusted = r->untrusted, .as_of = r->as_of };
        if (r->offering)
                ret->where = (struct whereabouts){ .offering = r->offering, .sure = SURE_DECLARED,
                                                   .because = S("you said so") };
        else if (r->facts)
                guidance_recognise(r->facts, &ret->where);
        if (!ret->where.offering)
                return;
        ret->revision = guidance_in_force(g, T(ret->where.offering->document), r->as_of);
        if (!ret->revision)
                return;
        ret->next = guidance_next(g, ret->revision);
        for (uint32_t i = 0; i < g->action_count; i++)
                if (guidance_has(g, &g->actions[i], ret->revision, ret->where.offering) &&
                    concerns(&g->actions[i], r->untrusted) && applies(&g->actions[i], r->facts ? r->facts : r->scope))
                        add(ret, a, &g->actions[i], r);
}
