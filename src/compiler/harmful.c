/* Settings that take protections away. */
#include "compiler/builder.h"

static int check(struct builder *b, const struct harmful *h) {
        static const struct str arches[] = { STR("x86_64"), STR("i686"), STR("aarch64"), STR("arm"), STR("ppc64"), STR("s390x"), STR("riscv64") };
        struct str name = h->parameter.len ? T(h->parameter) : h->module.len ? T(h->module) : T(h->sysctl);

        if ((h->parameter.len > 0) + (h->module.len > 0) + (h->sysctl.len > 0) != 1)
                return builder_fail(b, name, "a harmful setting is one of 'parameter', 'module', 'sysctl'");
        if (!h->module.len != !h->option.len)
                return builder_fail(b, name, "'module' and 'option' go together");
        if (!h->sysctl.len != !h->instead.len)
                return builder_fail(b, name, "'sysctl' and 'instead' go together");
        if (!h->parameter.len && h->values.count == 0)
                return builder_fail(b, name, "'%.*s' needs 'values': what is harmful of it", STR_ARG(name));
        for (uint32_t i = 0; i < h->arches.count; i++) {
                bool known = false;

                for (size_t k = 0; k < sizeof(arches) / sizeof(arches[0]); k++)
                        known |= str_eq(T_AT(h->arches, i), arches[k]);
                if (!known)
                        return builder_fail(b, name, "no architecture is called '%.*s'", STR_ARG(T_AT(h->arches, i)));
        }
        return 0;
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
