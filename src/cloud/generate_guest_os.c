/* data/azure/guest-os.yaml -> the tables of cloud/guest_os.h. */
#include <cyaml/cyaml.h>

#include "cloud/generate.h"
#include "cloud/guest_os.h"

struct family {
        uint32_t family, lacking;
        char *windows, *first_fix, *retired;
        enum kva_support kva_shadow;
};

struct release {
        char *name, *released, *disabled;
};

struct guest_os_file {
        struct family *families;
        struct release *releases;
        unsigned family_count, release_count;
};

static const cyaml_strval_t kva_words[] = {
#define X(name, word) { .str = (word), .val = KVA_##name },
        KVA_SUPPORT(X)
#undef X
};

static const cyaml_schema_field_t family_fields[] = {
        CYAML_FIELD_UINT("family", CYAML_FLAG_DEFAULT, struct family, family),
        CYAML_FIELD_STRING_PTR("windows", CYAML_FLAG_POINTER, struct family, windows, 1, CYAML_UNLIMITED),
        CYAML_FIELD_ENUM("kva_shadow", CYAML_FLAG_STRICT, struct family, kva_shadow, kva_words,
                         CYAML_ARRAY_LEN(kva_words)),
        CYAML_FIELD_STRING_PTR("first_fix", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct family, first_fix, 1, 64),
        CYAML_FIELD_UINT("lacking", CYAML_FLAG_OPTIONAL, struct family, lacking),
        CYAML_FIELD_STRING_PTR("retired", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct family, retired, 7, 10),
        CYAML_FIELD_END,
};

static const cyaml_schema_field_t release_fields[] = {
        CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct release, name, 1, 64),
        CYAML_FIELD_STRING_PTR("released", CYAML_FLAG_POINTER, struct release, released, 10, 10),
        CYAML_FIELD_STRING_PTR("disabled", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct release, disabled, 10, 10),
        CYAML_FIELD_END,
};

static const cyaml_schema_value_t family_value = {
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct family, family_fields),
};

static const cyaml_schema_value_t release_value = {
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct release, release_fields),
};

static const cyaml_schema_field_t file_fields[] = {
        CYAML_FIELD_SEQUENCE_COUNT("families", CYAML_FLAG_POINTER, struct guest_os_file, families, family_count,
                                   &family_value, 1, CYAML_UNLIMITED),
        CYAML_FIELD_SEQUENCE_COUNT("releases", CYAML_FLAG_POINTER, struct guest_os_file, releases, release_count,
                                   &release_value, 1, CYAML_UNLIMITED),
        CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_value = {
        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct guest_os_file, file_fields),
};

static struct guest_os_name emit_name(const char *path, FILE *to, const char *field, const char *text) {
        struct guest_os_name n;

        if (!guest_os_parse(str_of(text), &n))
                generate_fail(path, text);
        fprintf(to, "        .%s = { .family = %u, .version = %u, .month = %u, .release = %u },\n", field, n.family,
                n.version, n.month, n.release);
        return n;
}

static void emit_text(FILE *to, const char *field, const char *text) {
        if (!text)
                return;
        fprintf(to, "        .%s = ", field);
        generate_str(to, text);
        fputs(",\n", to);
}

static void emit_family(const char *path, FILE *to, const struct family *f) {
        fprintf(to, "        {\n        .family = %u, .lacking = %u, .kva_shadow = %d,\n", f->family,
                f->lacking, (int)f->kva_shadow);
        emit_text(to, "windows", f->windows);
        emit_text(to, "retired", f->retired);
        if (f->first_fix && emit_name(path, to, "first_fix", f->first_fix).family != f->family)
                generate_fail(path, f->first_fix);
        fputs("        },\n", to);
}

/* The order is checked, for "the newest" and "the last" are found by it. */
static void emit_release(const char *path, FILE *to, const struct release *r, struct guest_os_name *before) {
        struct guest_os_name n;

        fputs("        {\n", to);
        n = emit_name(path, to, "name", r->name);
        emit_text(to, "text", r->name);
        emit_text(to, "released", r->released);
        emit_text(to, "disabled", r->disabled);
        fputs("        },\n", to);
        if (n.family < before->family || (n.family == before->family && guest_os_cmp(*before, n) >= 0))
                generate_fail(path, r->name);
        *before = n;
}

void generate_guest_os(const char *path, FILE *to) {
        struct guest_os_file *file = generate_load(path, &file_value);
        struct guest_os_name before = { 0 };

        fputs("#include \"cloud/guest_os.h\"\n\nconst struct guest_os_family guest_os_families[] = {\n", to);
        for (unsigned i = 0; i < file->family_count; i++)
                emit_family(path, to, &file->families[i]);
        fprintf(to, "};\nconst ptrdiff_t guest_os_family_count = %u;\n\n", file->family_count);
        fputs("const struct guest_os_release guest_os_releases[] = {\n", to);
        for (unsigned i = 0; i < file->release_count; i++)
                emit_release(path, to, &file->releases[i], &before);
        fprintf(to, "};\nconst ptrdiff_t guest_os_release_count = %u;\n", file->release_count);
        generate_free(file, &file_value);
}
