#include "guidance/guidance.h"

static bool same_list(struct texts x, struct texts y) {
        if (x.count != y.count)
                return false;
        for (uint32_t i = 0; i < x.count; i++)
                if (!str_eq(T_AT(x, i), T_AT(y, i)))
                        return false;
        return true;
}

static bool reads_alike(const struct action *x, const struct action *y) {
        if (x->step_count != y->step_count)
                return false;
        for (uint32_t i = 0; i < x->step_count; i++)
                if (!str_eq(T(x->steps[i].text), T(y->steps[i].text)))
                        return false;
        return str_eq(T(x->title), T(y->title)) && str_eq(T(x->why), T(y->why)) && x->trust == y->trust && same_list(x->fixes, y->fixes);
}

/* The action of that id in a revision; NULL when it has none. */
static const struct action *in(const struct guidance *g, const struct revision *r, const struct offering *o,
                               struct str id) {
        for (uint32_t i = 0; i < g->action_count; i++)
                if (str_eq(T(g->actions[i].id), id) && guidance_has(g, &g->actions[i], r, o))
                        return &g->actions[i];
        return NULL;
}

void guidance_diff(struct guidance_changes *ret, struct arena *a, const struct guidance *g, const struct revision *before,
                   const struct revision *after, const struct offering *o) {
        *ret = (struct guidance_changes){ 0 };
        for (uint32_t i = 0; i < g->action_count; i++) {
                const struct action *action = &g->actions[i];
                bool was = guidance_has(g, action, before, o), is = guidance_has(g, action, after, o);
                const struct action *other;

                if (was && !is && !in(g, after, o, T(action->id)))
                        *arena_append(a, ret) = (struct guidance_change){ .before = action, .shown = action };
                if (was || !is)
                        continue;
                other = in(g, before, o, T(action->id));
                if (!other || !reads_alike(other, action))
                        *arena_append(a, ret) = (struct guidance_change){ .before = other, .after = action, .shown = action };
        }
}
