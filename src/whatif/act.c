#include "whatif/act.h"

#include "base/version.h"
#include "catalog/computed.h"
#include "evidence/places.h"
#include "whatif/change.h"

enum act_kind { ACT_NONE, ACT_PARAMETER, ACT_SETTING, ACT_SMT, ACT_KERNEL, ACT_MICROCODE, ACT_BIT };

static bool is_setting(struct str path) {
        return str_starts(path, S("/proc/sys/")) || (str_starts(path, S("/sys/module/")) && str_find(path, S("/parameters/")) > 0);
}

static enum act_kind kind_of(const struct wish *w) {
        if (!w->def)
                return ACT_KERNEL;
        switch ((enum fact_kind)w->def->kind) {
        case FACT_KIND_PARAMETER:
                return ACT_PARAMETER;
        case FACT_KIND_FILE:
                return is_setting(T(w->def->text)) ? ACT_SETTING : ACT_NONE;
        case FACT_KIND_COMPUTED:
                return w->def->source == COMPUTED_SMT_ACTIVE ? ACT_SMT : w->def->source == COMPUTED_CPU_MICROCODE ? ACT_MICROCODE : ACT_NONE;
        case FACT_KIND_CPUID:
        case FACT_KIND_MSR:
                return ACT_BIT;
        default:
                return ACT_NONE;
        }
}

/* Leaves that one vendor's processors have, and the other's never will. */
static bool is_foreign(const struct fact_def *def, struct str vendor) {
        if (def->kind == FACT_KIND_MSR)
                return def->leaf == 0x10a && (str_eq(vendor, S("amd")) || str_eq(vendor, S("hygon")));
        return def->kind == FACT_KIND_CPUID && (def->leaf == 0x80000008 || def->leaf == 0x80000021) && str_eq(vendor, S("intel"));
}

/* Some flaw's rules or page say that microcode helps. */
static bool microcode_helps(const struct verdict *v) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (texts_have(v->findings[i].fixes, S("update-microcode")) || texts_have(v->findings[i].flaw->fixes, S("update-microcode")))
                        return true;
        return false;
}

/* A bit that is not shown yet: microcode may bring it, in a guest the hypervisor may show it. */
static bool bit_possible(const struct verdict *v, const struct wish *w, const struct fact *now) {
        const struct fact *vendor = facts_get(v->facts, COMPUTED_CPU_VENDOR);
        bool on = str_eq(w->value, S("yes"));

        return on && !(now->state == FACT_KNOWN && now->number) && v->machine.guest != TRI_UNKNOWN &&
               !is_foreign(w->def, vendor->state == FACT_KNOWN ? vendor->text : S("")) &&
               (v->machine.guest == TRI_TRUE || microcode_helps(v));
}

static bool kernel_possible(const struct verdict *v) {
        const struct fact *version = facts_get(v->facts, COMPUTED_KERNEL_VERSION), *runs = facts_get(v->facts, COMPUTED_SYSTEM);

        return runs->state == FACT_KNOWN && str_eq(runs->text, S("linux")) && version->state == FACT_KNOWN &&
               version_cmp(version->text, catalog_kernel(v->catalog)) < 0;
}

static bool is_read(const struct verdict *v, struct str path) {
        const struct record *r = evidence_file(v->facts->evidence, path);

        return r && r->state == FACT_KNOWN;
}

bool act_possible(const struct verdict *v, const struct wish *w) {
        const struct fact *now = w->def ? facts_get(v->facts, (uint32_t)(w->def - v->catalog->facts)) : NULL;
        uint64_t revision;

        if (kind_of(w) == ACT_KERNEL)
                return kernel_possible(v);
        if (!now || w->def->os_claim)
                return false;
        switch (kind_of(w)) {
        case ACT_PARAMETER: /* of what may be no Linux nobody sets one; and what else stands on a line that was not read is not known */
                if (!str_eq(facts_get(v->facts, COMPUTED_SYSTEM)->text, S("linux")) || !is_read(v, S(PLACE_CMDLINE)))
                        return false;
                return str_eq(w->value, S("absent")) ? now->state == FACT_KNOWN
                                                     : now->state != FACT_KNOWN || !str_eq(now->text, w->value);
        case ACT_SETTING:
                return !str_eq(w->value, S("absent")) && now->state != FACT_ABSENT &&
                       !(now->state == FACT_KNOWN && str_eq(fact_text(v->facts->arena, w->def, now), w->value));
        case ACT_SMT:
                return now->state == FACT_KNOWN && (now->number != 0) != str_eq(w->value, S("yes"));
        case ACT_MICROCODE:
                return v->machine.guest == TRI_FALSE && str_to_u64(w->value, &revision) && now->state == FACT_KNOWN &&
                       revision > now->number;
        case ACT_BIT:
                return bit_possible(v, w, now);
        case ACT_KERNEL:
        case ACT_NONE:
                break;
        }
        return false;
}

bool act_takes_away(const struct catalog *c, const struct wish *w) {
        for (uint32_t i = 0; i < c->harmful_count; i++) {
                const struct harmful *h = &c->harmful[i];

                if (!w->def || w->def->kind != FACT_KIND_PARAMETER)
                        return false;
                if (!str_eq(T(h->parameter), str_from(T(w->def->name), S("cmdline.").len)) || str_eq(w->value, S("absent")))
                        continue;
                for (uint32_t k = 0; k < h->values.count; k++)
                        if (str_eq(T_AT(h->values, k), w->value))
                                return true;
                if (h->values.count == 0)
                        return true;
        }
        return false;
}

/* To take something away comes before giving it another value. */
int act_reach(const struct wish *w) {
        return 2 * (int)kind_of(w) + (w->def && !str_eq(w->value, S("absent")));
}

bool act_is_hardware(const struct wish *w) {
        return kind_of(w) == ACT_BIT;
}

/* ---- Steps as wishes ---- */

static const struct fact_def *file_fact(const struct catalog *c, struct str path) {
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_FILE && str_eq(T(c->facts[i].text), path))
                        return &c->facts[i];
        return NULL;
}

/* The whole value, not one of its bits. */
static const struct fact_def *registry_fact(const struct catalog *c, struct str text) {
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_REGISTRY && c->facts[i].type != VALUE_BOOL && str_eq_nocase(T(c->facts[i].text), text))
                        return &c->facts[i];
        return NULL;
}

static struct str path_of(struct arena *a, const struct target *t) {
        char *path = arena_bytes(a, t->key.len + 1);

        if (t->kind == TARGET_SETTING)
                return t->key;
        if (t->kind == TARGET_MODULE_OPTION)
                return str_fmt(a, "/sys/module/%.*s/parameters/%.*s", STR_ARG(t->place), STR_ARG(t->key));
        for (ptrdiff_t i = 0; i < t->key.len; i++)
                path[i] = t->key.p[i] == '.' ? '/' : t->key.p[i];
        return str_fmt(a, "/proc/sys/%.*s", STR_ARG(str_n(path, t->key.len)));
}

/* False for what no fact shows. */
static bool wish_of(const struct change *c, struct arena *a, const struct verdict *v, struct wish *ret) {
        const struct catalog *k = v->catalog;
        int32_t parameter;
        ptrdiff_t equals;

        switch (c->target.kind) {
        case TARGET_COMMAND_LINE:
                parameter = catalog_fact(k, str_fmt(a, "cmdline.%.*s", STR_ARG(c->target.key)));
                equals = str_find_char(c->new, '=');
                *ret = (struct wish){ .def = parameter < 0 ? NULL : &k->facts[parameter],
                                      .value = c->edit == EDIT_REMOVE_WORD ? S("absent") : equals < 0 ? S("") : str_from(c->new, equals + 1) };
                return parameter >= 0;
        case TARGET_SETTING:
        case TARGET_SYSCTL:
        case TARGET_MODULE_OPTION:
                *ret = (struct wish){ .def = file_fact(k, path_of(a, &c->target)), .value = c->new };
                if (str_eq(c->target.key, S(PLACE_SMT_CONTROL)))
                        *ret = (struct wish){ .def = &k->facts[COMPUTED_SMT_ACTIVE], .value = str_eq(c->new, S("off")) ? S("no") : S("yes") };
                return ret->def != NULL;
        case TARGET_REGISTRY_VALUE:
                *ret = (struct wish){ .def = registry_fact(k, str_fmt(a, "%.*s|%.*s", STR_ARG(c->target.place), STR_ARG(c->target.key))),
                                      .value = c->edit == EDIT_REMOVE ? S("absent") : c->new };
                return ret->def != NULL;
        default:
                return false;
        }
}

int act_wishes(const struct step *s, struct arena *a, const struct verdict *v, struct wish *ret, int most) {
        int n = 0;

        if (texts_have(s->fixes, S("update-kernel")) && s->changes.count == 0 && kernel_possible(v)) {
                ret[0] = (struct wish){ 0 };
                return 1;
        }
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (n == most || !wish_of(&s->changes.items[i], a, v, &ret[n++]))
                        return 0;
        return n;
}

/* ---- As steps ---- */

static struct str sysctl_of(struct arena *a, struct str path) {
        ptrdiff_t n = path.len - (ptrdiff_t)sizeof("/proc/sys/") + 1;
        char *name = arena_bytes(a, n + 1);

        for (ptrdiff_t i = 0; i < n; i++)
                name[i] = path.p[path.len - n + i] == '/' ? '.' : path.p[path.len - n + i];
        return str_n(name, n);
}

static struct fix_change change_of(struct arena *a, const struct wish *w) {
        struct fix_change c = { .on = as_text(S("any")), .target = TARGET_COMMAND_LINE, .key = w->def->text, .to = as_text(w->value),
                                .gone = str_eq(w->value, S("absent")) };

        if (kind_of(w) == ACT_SETTING) {
                bool is_sysctl = str_starts(T(w->def->text), S("/proc/sys/"));

                c.target = is_sysctl ? TARGET_SYSCTL : TARGET_SETTING;
                c.key = is_sysctl ? as_text(sysctl_of(a, T(w->def->text))) : w->def->text;
        } else if (c.gone) {
                c.to = as_text(S(""));
        }
        return c;
}

static struct str title_of(const struct fact_def *def) {
        return def->title.len ? T(def->title) : T(def->name);
}

static void ask_provider(struct step *ret, struct arena *a, const struct wish *w) {
        *ret = (struct step){
                .id = str_fmt(a, "show-%.*s", STR_ARG(T(w->def->name))),
                .phase = PHASE_ASK,
                .who = DOER_PROVIDER,
                .title = str_fmt(a, "Ask your provider to show this machine: %.*s", STR_ARG(title_of(w->def))),
                .target = { .kind = TARGET_PROVIDER },
                .owner = LAYER_HYPERVISOR,
                .needs = NO_CONDITION,
                .done = NO_CONDITION,
                .ask = str_fmt(a, "Can this virtual machine be shown %.*s (%.*s)?", STR_ARG(T(w->def->name)), STR_ARG(T(w->def->where))),
        };
}

/* A remedy of the catalog; one that it does not have (a data folder of one's own) in plain words. */
static void use_fix(struct step *ret, struct arena *a, const struct verdict *v, const char *id, const char *otherwise) {
        const struct fix *fix = catalog_fix(v->catalog, str_of(id));

        if (fix && fix->helps != NO_CONDITION && fix->instead.count && condition_eval(v->facts, fix->helps) == TRI_FALSE)
                fix = catalog_fix(v->catalog, T_AT(fix->instead, 0)); /* no kernel is installed here: then it is replaced elsewhere */
        if (fix)
                plan_fix(ret, a, v, fix);
        else
                *ret = (struct step){ .id = str_of(id), .title = str_of(otherwise), .needs = NO_CONDITION, .done = NO_CONDITION };
}

static void one_step(struct step *ret, struct arena *a, const struct verdict *v, const struct wish *w) {
        struct fix_change change;

        switch (kind_of(w)) {
        case ACT_SMT:
                if (str_eq(w->value, S("yes")))
                        *ret = (struct step){ .id = S("enable-smt"), .title = S("Switch SMT (hyper-threading) on"),
                                              .target = { .kind = TARGET_SMT }, .needs = NO_CONDITION, .done = NO_CONDITION };
                else
                        use_fix(ret, a, v, "disable-smt", "Switch SMT (hyper-threading) off");
                break;
        case ACT_KERNEL:
                use_fix(ret, a, v, "update-kernel", "Run a kernel of today");
                break;
        case ACT_MICROCODE:
                use_fix(ret, a, v, "update-microcode", "Load newer microcode");
                ret->title = str_fmt(a, "Load microcode %.*s or newer", STR_ARG(w->value));
                break;
        case ACT_BIT:
                if (v->machine.guest == TRI_TRUE) {
                        ask_provider(ret, a, w);
                        break;
                }
                use_fix(ret, a, v, "update-microcode", "Load newer microcode");
                ret->title = str_fmt(a, "Load microcode that brings: %.*s", STR_ARG(title_of(w->def)));
                break;
        default:
                change = change_of(a, w);
                plan_changes(ret, a, v, &change, 1);
        }
}

/* Whoever starts this system's kernel chooses it and its command line. */
static void hand_over(struct step *ret, const struct verdict *v, const struct wish *w) {
        const struct fix *ask = catalog_fix(v->catalog, S("add-parameter"));
        enum act_kind kind = kind_of(w);

        if ((kind != ACT_KERNEL && kind != ACT_PARAMETER) || !verdict_is_theirs(v, LAYER_KERNEL))
                return;
        ret->who = DOER_PROVIDER;
        ret->instructions.count = 0;
        if (kind == ACT_PARAMETER && ask)
                ret->ask = T(ask->ask);
}

static void join(struct step *ret, struct arena *a, const struct step *more) {
        struct str second = str_dup(a, more->title);

        if (second.len && second.p[0] >= 'A' && second.p[0] <= 'Z')
                second = str_fmt(a, "%c%.*s", second.p[0] - 'A' + 'a', STR_ARG(str_from(second, 1)));
        ret->title = str_fmt(a, "%.*s, and %.*s", STR_ARG(ret->title), STR_ARG(second));
        for (ptrdiff_t i = 0; i < more->changes.count; i++)
                *arena_append(a, &ret->changes) = more->changes.items[i];
        for (ptrdiff_t i = 0; i < more->instructions.count; i++)
                *arena_append(a, &ret->instructions) = more->instructions.items[i];
        ret->restart |= more->restart;
        if (more->who == DOER_PROVIDER) {
                ret->who = DOER_PROVIDER;
                ret->ask = more->ask;
        }
        ret->fixes = (struct texts){ 0 };
}

void act_step(struct step *ret, struct arena *a, const struct verdict *v, const struct wish *wishes, int count) {
        struct step more;

        one_step(ret, a, v, &wishes[0]);
        hand_over(ret, v, &wishes[0]);
        for (int i = 1; i < count; i++) {
                one_step(&more, a, v, &wishes[i]);
                hand_over(&more, v, &wishes[i]);
                join(ret, a, &more);
        }
}

static bool has_change(const struct step *s, const struct change *c) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *x = &s->changes.items[i];

                if (x->edit == c->edit && str_eq(x->target.key, c->target.key) && str_eq(x->old, c->old) && str_eq(x->new, c->new))
                        return true;
        }
        return false;
}

bool act_holds(const struct step *more, const struct step *less) {
        for (ptrdiff_t i = 0; i < less->changes.count; i++)
                if (!has_change(more, &less->changes.items[i]))
                        return false;
        return less->changes.count > 0;
}

bool act_is(const struct step *found, const struct step *own) {
        if (found->fixes.count == 1 && texts_have(own->fixes, T_AT(found->fixes, 0)))
                return true;
        return found->changes.count == own->changes.count && act_holds(own, found);
}
