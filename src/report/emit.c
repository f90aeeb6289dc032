#include "report/emit.h"

#include "base/sha256.h"
#include "plan/edit/registry.h"
#include "report/emit_parts.h"

static const struct str words[] = {
#define X(name, word) STR(word),
        EMIT_FORMATS(X)
#undef X
};

bool emit_format_parse(struct str word, enum emit_format *ret) {
        for (size_t i = 0; i < EMIT_FORMAT_COUNT; i++)
                if (str_eq(words[i], word)) {
                        *ret = (enum emit_format)i;
                        return true;
                }
        return false;
}

void emit_hash(struct str text, char ret[65]) {
        struct sha256 s;

        memcpy(ret, "none", 5);
        if (!text.p)
                return;
        sha256_init(&s);
        sha256_add(&s, text);
        sha256_hex(&s, ret);
}

static bool has_linux(const struct emission *e) {
        return e->file_count || e->value_count || e->command_count;
}

static bool has_registry(const struct emission *e) {
        for (ptrdiff_t i = 0; e->registry && i < e->registry->count; i++)
                if (e->registry->items[i].target.kind == TARGET_REGISTRY_VALUE)
                        return true;
        return false;
}

int emit(struct out *o, struct arena *a, const struct emission *e, enum emit_format format, struct diag *d) {
        bool windows = format == EMIT_POWERSHELL || format == EMIT_REG || (format == EMIT_AZURE_RUN_COMMAND && has_registry(e));

        if (windows ? has_linux(e) : has_registry(e))
                return diag_fail(d, "the plan changes %s: '%.*s' cannot say it", windows ? "files or programs" : "the registry of Windows",
                                 STR_ARG(words[format]));
        switch (format) {
        case EMIT_SHELL:
                emit_shell(o, e);
                return 0;
        case EMIT_ANSIBLE:
                emit_ansible(o, e);
                return 0;
        case EMIT_CLOUD_INIT:
                emit_cloud_init(o, e);
                return 0;
        case EMIT_POWERSHELL:
                return registry_powershell(o, a, e->registry ? e->registry : &(struct changes){ 0 }, e->undo, d);
        case EMIT_REG:
                return registry_reg(o, a, e->registry ? e->registry : &(struct changes){ 0 }, e->undo, d);
        case EMIT_AZURE_RUN_COMMAND:
                return emit_azure(o, a, e, d);
        case EMIT_FORMAT_COUNT:
                break;
        }
        return diag_fail(d, "there is no such format");
}
