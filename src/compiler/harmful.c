/* Settings that take protections away. */
#include "compiler/builder.h"

static int check(struct builder *b, const struct harmful *h) {
        struct str name = h->parameter.len ? T(h->parameter) : h->module.len ? T(h->module) : T(h->sysctl);

        if ((h->parameter.len > 0) + (h->module.len > 0) + (h->sysctl.len > 0) != 1)
                return builder_fail(b, name, "a harmful setting is one of 'parameter', 'module', 'sysctl'");
        if (!h->module.len != !h->option.len)
                return builder_fail(b, name, "'module' and 'option' go together");
        if (!h->sysctl.len != !h->instead.len)
                return builder_fail(b, name, "'sysctl' and 'instead' go together");
        if (!h->parameter.len && h->values.count == 0)
                return builder_fail(b, name, "'%.*s' needs 'values': what is harmful of it", STR_ARG(name));
        return builder_check_arches(b, name, h->arches);
}

int builder_harmful(struct builder *b) {
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                b->file = b->files[i].file;
                b->cursor = 0;
                for (unsigned k = 0; k < b->files[i].harmful_count; k++) {
                        const struct raw_harmful *r = &b->files[i].harmful[k];
                        struct harmful *ret = arena_append(b->a, &b->harmful);

                        HARMFUL_FIELDS(COPY_FIELD)
                        if (check(b, ret) < 0)
                                return -1;
                }
        }
        return 0;
}
