#include "evidence/kernel_line.h"
#include "verdict/ignored.h"

static bool names_value(const struct parameter *p, struct str value) {
        for (uint32_t i = 0; i < p->values.count; i++)
                if (str_eq(T_AT(p->values, i), value))
                        return true;
        return false;
}

/* Whether the command line can hold the parameter at all, by the part of its name that is written one way only. */
static bool may_be_given(struct facts *f, struct str name) {
        const struct record *r = facts_line(f, name);
        ptrdiff_t n = 0;

        while (n < name.len && name.p[n] != '_' && name.p[n] != '-')
                n++;
        return r && r->state == FACT_KNOWN && str_find(r->text, str_sub(name, 0, n)) >= 0;
}

/* A switch with a value behind it. Kernels that look for the word alone do not find it; those that take words apart do. */
static struct str valued_switch(struct facts *f, struct str name) {
        const struct record *r = facts_line(f, name);
        struct kernel_word w;
        ptrdiff_t at = 0;

        while (kernel_word(r->text, &at, &w) && !kernel_word_ends(&w))
                if (kernel_same_name(w.name, name) && w.value.len > 0)
                        return str_fmt(f->arena, "%.*s takes no value, and has one: kernels may ignore it", STR_ARG(name));
        return (struct str){ 0 };
}

static struct str ignored_of(struct facts *f, const struct parameter *p) {
        const struct fact *asked;

        if (p->values.count == 0)
                return valued_switch(f, T(p->name));
        asked = facts_named(f, str_fmt(f->arena, "cmdline.%.*s", STR_ARG(T(p->name))));
        if (!asked || asked->state != FACT_KNOWN || str_empty(asked->text) || names_value(p, asked->text))
                return (struct str){ 0 };
        return str_fmt(f->arena, "%.*s=%.*s is no value that kernels are known to take: they ignore it", STR_ARG(T(p->name)),
                       STR_ARG(asked->text));
}

struct str ignored_value(struct facts *f, const struct flaw *flaw) {
        struct str ret = { 0 };

        for (uint32_t i = 0; i < flaw->parameters.count && ret.len == 0; i++) {
                if (!may_be_given(f, T_AT(flaw->parameters, i)))
                        continue;
                for (uint32_t k = 0; k < f->catalog->parameter_count && ret.len == 0; k++)
                        if (str_eq(T(f->catalog->parameters[k].name), T_AT(flaw->parameters, i)))
                                ret = ignored_of(f, &f->catalog->parameters[k]);
        }
        return ret;
}
