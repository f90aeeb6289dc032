#include "guidance/guidance.h"

static bool same_list(struct str_list x, struct str_list y) {
        if (x.count != y.count)
                return false;
        for (uint32_t i = 0; i < x.count; i++)
                if (!str_eq(x.items[i], y.items[i]))
                        return false;
        return true;
}

static bool reads_alike(const struct action *x, const struct action *y) {
        if (x->step_count != y->step_count)
                return false;
        for (uint32_t i = 0; i < x->step_count; i++)
                if (!str_eq(x->steps[i].text, y->steps[i].text))
                        return false;
        return str_eq(x->title, y->title) && str_eq(x->why, y->why) && x->trust == y->trust && same_list(x->fixes, y->fixes);
}

/* The action of that id in a revision; NULL when it has none. */
static const struct action *in(const struct guidance *g, const struct revision *r, const struct offering *o,
                               struct str id) {
        for (uint32_t i = 0; i < g->action_count; i++)
                if (str_eq(g->actions[i].id, id) && guidance_has(g, &g->actions[i], r, o))
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

                if (was && !is && !in(g, after, o, action->id))
                        *arena_append(a, ret) = (struct guidance_change){ .before = action, .shown = action };
                if (was || !is)
                        continue;
                other = in(g, before, o, action->id);
                if (!other || !reads_alike(other, action))
                        *arena_append(a, ret) = (struct guidance_change){ .before = other, .after = action, .shown = action };
        }
}
