#include "plan/vex.h"

#include "base/sha256.h"
#include "plan/plan.h"

/* ---- Machines ------------------------------------------------------------------------------------------------------------------------ */

static bool is_taken(const struct vex *x, struct str name) {
        for (ptrdiff_t i = 0; i < x->products.count; i++)
                if (str_eq(x->products.items[i].name, name))
                        return true;
        return false;
}

/* Machines may share a name; here they must not: the source tells them apart, or a number. */
static struct str product_name(struct vex *x, const struct verdict *r) {
        struct str name = r->machine.name.len ? r->machine.name : S("machine");
        unsigned n = 2;

        if (is_taken(x, name))
                name = str_fmt(x->arena, "%.*s, %.*s", STR_ARG(name), STR_ARG(r->source));
        if (!is_taken(x, name))
                return str_dup(x->arena, name);
        while (is_taken(x, str_fmt(x->arena, "%.*s, %u", STR_ARG(name), n)))
                n++;
        return str_fmt(x->arena, "%.*s, %u", STR_ARG(name), n);
}

/* Percent-encoded, '/' too: it is one segment. */
static struct str package_url(struct arena *a, struct str name) {
        static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        OUT_AUTO struct out o = { 0 };

        out_c(&o, "pkg:generic/");
        for (ptrdiff_t i = 0; i < name.len; i++) {
                if (memchr(kept, name.p[i], sizeof(kept) - 1)) {
                        out_char(&o, name.p[i]);
                        continue;
                }
                out_char(&o, '%');
                out_char(&o, "0123456789ABCDEF"[(unsigned char)name.p[i] >> 4]);
                out_char(&o, "0123456789ABCDEF"[name.p[i] & 15]);
        }
        return str_dup(a, out_text(&o));
}

static uint32_t add_product(struct vex *x, const struct verdict *r) {
        struct arena *a = x->arena;
        struct str name = product_name(x, r);
        struct str *notes = arena_array(a, struct str, r->machine.notes.count);

        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                notes[i] = str_dup(a, r->machine.notes.items[i]);
        *arena_append(a, &x->products) = (struct vex_product){
                .id = package_url(a, name),
                .name = name,
                .source = str_dup(a, r->source),
                .cpu = str_dup(a, r->machine.cpu),
                .os = str_dup(a, r->machine.os),
                .captured = str_dup(a, r->captured),
                .fingerprint = str_dup(a, str_of(r->fingerprint)),
                .denied = r->machine.denied,
                .failed = r->machine.failed,
                .notes = { .items = notes, .count = r->machine.notes.count },
        };
        return (uint32_t)x->products.count - 1;
}

/* ---- What is to be done ---------------------------------------------------------------------------------------------------------------- */

static const struct step *step_for(const struct plan *plan, const struct flaw *flaw) {
        for (ptrdiff_t i = 0; i < plan->count; i++)
                for (ptrdiff_t k = 0; k < plan->items[i].resolves.count; k++)
                        if (plan->items[i].resolves.items[k] == flaw)
                                return &plan->items[i];
        return NULL;
}

static enum vex_help help_of(const struct step *s) {
        if (s->who != DOER_YOU || s->phase == PHASE_ASK)
                return VEX_HELP_OTHERS;
        return s->phase == PHASE_UPDATE ? VEX_HELP_UPDATE : VEX_HELP_SETTING;
}

/* ---- One CVE of one machine -------------------------------------------------------------------------------------------------------------- */

/* What is said of it on this machine so far. */
struct said_of_cve {
        struct str name;
        bool cve;
        const struct finding *worst;
        struct str flaws;
};

struct said_list {
        struct said_of_cve *items;
        ptrdiff_t count, capacity;
};

static void merge(struct said_list *all, struct arena *a, struct str name, bool cve, const struct finding *f) {
        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct said_of_cve *s = &all->items[i];

                if (!str_eq(s->name, name))
                        continue;
                if (f->status > s->worst->status) {
                        s->flaws = str_fmt(a, "%.*s, %.*s", STR_ARG(T(f->flaw->id)), STR_ARG(s->flaws));
                        s->worst = f;
                } else {
                        s->flaws = str_fmt(a, "%.*s, %.*s", STR_ARG(s->flaws), STR_ARG(T(f->flaw->id)));
                }
                return;
        }
        *arena_append(a, all) = (struct said_of_cve){ .name = name, .cve = cve, .worst = f, .flaws = T(f->flaw->id) };
}

/* All flaws that have it were judged. */
static bool is_whole(const struct verdict *r, const bool *judged, struct str cve) {
        for (uint32_t i = 0; i < r->catalog->flaw_count; i++)
                for (uint32_t k = 0; !judged[i] && k < r->catalog->flaws[i].cves.count; k++)
                        if (str_eq(T_AT(r->catalog->flaws[i].cves, k), cve))
                                return false;
        return true;
}

static struct vex_name *name_of(struct vex *x, const struct said_of_cve *s) {
        OUT_AUTO struct out url = { 0 };
        const struct flaw *flaw = s->worst->flaw;
        struct vex_name *n;

        for (ptrdiff_t i = 0; i < x->names.count; i++)
                if (str_eq(x->names.items[i].name, s->name))
                        return &x->names.items[i];
        if (s->cve)
                catalog_source_url(str_fmt(x->arena, "cve:%.*s", STR_ARG(s->name)), &url);
        else if (flaw->sources.count)
                catalog_source_url(T_AT(flaw->sources, 0), &url);
        n = arena_append(x->arena, &x->names);
        *n = (struct vex_name){ .name = s->name, .cve = s->cve, .title = T(flaw->name), .summary = flaw->summary.len ? T(flaw->summary) : T(flaw->name),
                                .url = str_dup(x->arena, out_text(&url)) };
        return n;
}

static void say(struct vex *x, struct arena *a, const struct said_of_cve *s, const struct plan *plan, uint32_t product) {
        const struct step *step = s->worst->status > STATUS_MITIGATED ? step_for(plan, s->worst->flaw) : NULL;
        struct str who = step ? doer_said(step->who) : S("");
        struct vex_groups *groups = &name_of(x, s)->groups;
        struct str action = S("");
        struct vex_group *g;

        if (step)
                action = who.len ? str_fmt(a, "%.*s (%.*s)", STR_ARG(step->title), STR_ARG(who)) : step->title;
        else if (s->worst->status > STATUS_MITIGATED)
                action = s->worst->ask.len ? s->worst->ask : S("No remedy is known for this machine.");
        for (ptrdiff_t i = 0; i < groups->count; i++) {
                g = &groups->items[i];
                if (g->status == s->worst->status && str_eq(g->reason, s->worst->reason) && str_eq(g->action, action) && str_eq(g->flaws, s->flaws)) {
                        *arena_append(x->arena, g) = product;
                        return;
                }
        }
        g = arena_append(x->arena, groups);
        *g = (struct vex_group){ .status = s->worst->status, .flaws = str_dup(x->arena, s->flaws), .reason = str_dup(x->arena, s->worst->reason),
                                 .action = str_dup(x->arena, action), .help = step ? help_of(step) : VEX_HELP_NONE };
        *arena_append(x->arena, g) = product;
}

void vex_add(struct vex *x, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct arena_mark mark = arena_mark(a);
        uint32_t product = add_product(x, r);
        bool *judged = arena_array(a, bool, r->catalog->flaw_count);
        struct said_list all = { 0 };
        struct plan plan;

        x->catalog = r->catalog;
        plan_of_verdict(&plan, a, r);
        for (uint32_t i = 0; i < r->finding_count; i++)
                judged[r->findings[i].flaw - r->catalog->flaws] = true;
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                for (uint32_t k = 0; k < f->flaw->cves.count; k++)
                        if (is_whole(r, judged, T_AT(f->flaw->cves, k)))
                                merge(&all, a, T_AT(f->flaw->cves, k), true, f);
                if (f->flaw->cves.count == 0)
                        merge(&all, a, T(f->flaw->id), false, f);
        }
        for (ptrdiff_t i = 0; i < all.count; i++)
                say(x, a, &all.items[i], &plan, product);
        arena_release(a, mark);
}

static bool share_a_cve(const struct flaw *x, const struct flaw *y) {
        for (uint32_t i = 0; i < x->cves.count; i++)
                for (uint32_t k = 0; k < y->cves.count; k++)
                        if (str_eq(T_AT(x->cves, i), T_AT(y->cves, k)))
                                return true;
        return false;
}

static bool shares_one(const struct catalog *c, const bool *among, uint32_t flaw) {
        for (uint32_t i = 0; i < c->flaw_count; i++)
                if (among[i] && share_a_cve(&c->flaws[i], &c->flaws[flaw]))
                        return true;
        return false;
}

void vex_complete(const struct catalog *c, bool *among) {
        bool more = true;

        while (more) {
                more = false;
                for (uint32_t i = 0; i < c->flaw_count; i++)
                        if (!among[i] && shares_one(c, among, i))
                                among[i] = more = true;
        }
}

void vex_uuid(struct str text, char ret[37]) {
        char hex[65], *to = ret;
        struct sha256 h;

        sha256_init(&h);
        sha256_add(&h, text);
        sha256_hex(&h, hex);
        hex[12] = '8';
        hex[16] = "89ab"[hex[16] & 3];
        for (int i = 0; i < 32; i++) {
                if (i == 8 || i == 12 || i == 16 || i == 20)
                        *to++ = '-';
                *to++ = hex[i];
        }
        *to = 0;
}
