/* A text read and judged: what the tests of import share. */
#ifndef SIDELIGHT_TESTS_IMPORT_JUDGED_H
#define SIDELIGHT_TESTS_IMPORT_JUDGED_H

#include "collect/import/import.h"
#include "verdict/verdict.h"

static inline void judge(struct verdict *ret, struct arena *a, const struct evidence *e) {
        static const struct verdict_options options = { 0 };

        verdict_judge(ret, a, &catalog_builtin, e, &options);
}

/* False when it is not read. */
static inline bool judge_text(struct verdict *ret, struct arena *a, struct str text) {
        struct import_machines *all = arena_new(a, struct import_machines);
        struct diag d = { 0 };

        if (import_machines(all, a, S("x"), &catalog_builtin, text, &d) != 0 || all->count != 1)
                return false;
        judge(ret, a, &all->items[0]);
        return true;
}

static inline bool is_safe(enum status s) {
        return s == STATUS_NOT_AFFECTED || s == STATUS_MITIGATED;
}

static inline const struct finding *finding_of(const struct verdict *v, struct str flaw) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (str_eq(T(v->findings[i].flaw->id), flaw))
                        return &v->findings[i];
        fail_msg("no flaw '%.*s'", STR_ARG(flaw));
        return NULL;
}

#endif
