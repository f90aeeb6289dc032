#include "whatif/setting.h"

#include "catalog/computed.h"

static bool is_setting(const struct fact_def *def) {
        switch ((enum fact_kind)def->kind) {
        case FACT_KIND_PARAMETER:
                return true;
        case FACT_KIND_REGISTRY: /* the whole value; its bits are facts of their own */
                return def->type != VALUE_BOOL;
        case FACT_KIND_FILE:
                return str_starts(T(def->text), S("/proc/sys/")) || str_starts(T(def->text), S("/sys/module/"));
        case FACT_KIND_COMPUTED:
                return def->source == COMPUTED_SMT_ACTIVE || def->source == COMPUTED_CPU_MICROCODE;
        default:
                return false;
        }
}

/* False where it was not seen. */
static bool value_of(struct arena *arena, const struct fact_def *def, const struct fact *v, struct str *ret) {
        if (v->state != FACT_KNOWN && v->state != FACT_ABSENT)
                return false;
        *ret = v->state == FACT_ABSENT ? S("absent") : fact_text(arena, def, v);
        return true;
}

static struct str word_of(struct arena *arena, const struct fact_def *def, struct str value) {
        return value.len ? str_fmt(arena, "%.*s=%.*s", STR_ARG(T(def->text)), STR_ARG(value)) : T(def->text);
}

static struct str parameter_text(struct arena *arena, const struct setting *s) {
        static const char where[] = "on the kernel's command line";

        if (str_eq(s->b, S("absent")))
                return str_fmt(arena, "%.*s no longer %s", STR_ARG(word_of(arena, s->def, s->a)), where);
        if (str_eq(s->a, S("absent")))
                return str_fmt(arena, "%.*s %s", STR_ARG(word_of(arena, s->def, s->b)), where);
        return str_fmt(arena, "%.*s instead of %.*s %s", STR_ARG(word_of(arena, s->def, s->b)), STR_ARG(word_of(arena, s->def, s->a)), where);
}

static struct str text_of(struct arena *arena, const struct setting *s) {
        ptrdiff_t bar = str_find_char(T(s->def->text), '|');

        switch ((enum fact_kind)s->def->kind) {
        case FACT_KIND_PARAMETER:
                return parameter_text(arena, s);
        case FACT_KIND_REGISTRY:
                return str_fmt(arena, "registry value %.*s: %.*s instead of %.*s", STR_ARG(str_from(T(s->def->text), bar + 1)), STR_ARG(s->b), STR_ARG(s->a));
        case FACT_KIND_FILE:
                return str_fmt(arena, "%.*s: %.*s instead of %.*s", STR_ARG(T(s->def->text)), STR_ARG(s->b), STR_ARG(s->a));
        default:
                if (s->def->source == COMPUTED_SMT_ACTIVE)
                        return str_eq(s->b, S("yes")) ? S("SMT switched on") : S("SMT switched off");
                return str_fmt(arena, "microcode %.*s instead of %.*s", STR_ARG(s->b), STR_ARG(s->a));
        }
}

void settings_compare(struct settings *ret, struct arena *arena, const struct verdict *a, const struct verdict *b) {
        const struct catalog *c = a->catalog;

        *ret = (struct settings){ 0 };
        for (uint32_t i = 0; i < c->fact_count; i++) {
                struct setting s = { .def = &c->facts[i] };

                if (!is_setting(s.def) || !value_of(arena, s.def, facts_get(a->facts, i), &s.a) ||
                    !value_of(arena, s.def, facts_get(b->facts, i), &s.b) || str_eq(s.a, s.b))
                        continue;
                s.text = text_of(arena, &s);
                *arena_append(arena, ret) = s;
        }
}
