#include "apply/realise_parts.h"

#include "evidence/places.h"

/* ---- The running kernel ---- */

static struct str proc_path(struct realising *x, struct str sysctl) {
        char *path = arena_bytes(x->a, sysctl.len + 1);

        for (ptrdiff_t i = 0; i < sysctl.len; i++)
                path[i] = sysctl.p[i] == '.' ? '/' : sysctl.p[i];
        return str_fmt(x->a, "/proc/sys/%.*s", STR_ARG(str_n(path, sysctl.len)));
}

/* Takes effect at once; only on the running machine. */
static void set_now(struct realising *x, struct str path, struct str to) {
        struct str now;

        if (!x->tree->live || tree_read(x->tree, str_to_c(x->a, path), 4096, x->a, &now) != 0)
                return;
        deeds_value(x->deeds, x->a, x->step, path, str_trim(now), to);
}

static void smt(struct realising *x, const struct change *c) {
        struct str now;

        if (x->tree->live && tree_read(x->tree, PLACE_SMT_CONTROL, 64, x->a, &now) == 0 && str_eq(str_trim(now), S("on")))
                set_now(x, S(PLACE_SMT_CONTROL), c->new);
}

static void setting(struct realising *x, const struct change *c) {
        if (str_eq(c->target.key, S(PLACE_SMT_CONTROL)))
                smt(x, c);
        else
                set_now(x, c->target.key, c->new);
}

static void sysctl(struct realising *x, const struct change *c) {
        set_now(x, proc_path(x, c->target.key), c->new);
}

void realise_value(struct realising *x, const struct change *c) {
        switch (c->target.kind) {
        case TARGET_SYSCTL:
                sysctl(x, c);
                break;
        case TARGET_SETTING:
                setting(x, c);
                break;
        default:
                realise_refuse(x, target_title(c->target.kind), S("it cannot be changed here"), change_text(x->a, c));
        }
}
