/* data/azure/resource-types.yaml -> the tables of cloud/resource_types.h. */
#include <cyaml/cyaml.h>

#include "cloud/generate.h"
#include "cloud/resource_types.h"

struct row {
        char *type, *where, *offering, *note;
        enum resource_os os;
        enum resource_sure sure;
};

struct publisher {
        char *publisher;
        enum resource_os os;
};

struct resource_types_file {
        struct row *types;
        struct publisher *publishers;
        unsigned type_count, publisher_count;
};

static const cyaml_strval_t os_words[] = {
#define X(name, word) { .str = (word), .val = OS_##name },
        RESOURCE_OSES(X)
#undef X
};

static const cyaml_strval_t sure_words[] = {
#define X(name, word) { .str = (word), .val = RESOURCE_##name },
        RESOURCE_SURE(X)
#undef X
};

static const cyaml_schema_field_t row_fields[] = {
        CYAML_FIELD_STRING_PTR("type", CYAML_FLAG_POINTER, struct row, type, 1, CYAML_UNLIMITED),
        CYAML_FIELD_ENUM("os", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct row, os, os_words,
                         CYAML_ARRAY_LEN(os_words)),
        CYAML_FIELD_STRING_PTR("where", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct row, where, 1,
                               CYAML_UNLIMITED),
        CYAML_FIELD_STRING_PTR("offering", CYAML_FLAG_POINTER, struct row, offering, 1, CYAML_UNLIMITED),
        CYAML_FIELD_ENUM("sure", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct row, sure, sure_words,
                         CYAML_ARRAY_LEN(sure_words)),
        CYAML_FIELD_STRING_PTR("note", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct row, note, 1, CYAML_UNLIMITED),
        CYAML_FIELD_END,
};

static const cyaml_schema_field_t publisher_fields[] = {
        CYAML_FIELD_STRING_PTR("publisher", CYAML_FLAG_POINTER, struct publisher, publisher, 1, CYAML_UNLIMITED),
        CYAML_FIELD_ENUM("os", CYAML_FLAG_STRICT, struct publisher, os, os_words, CYAML_ARRAY_LEN(os_words)),
        CYAML_FIELD_END,
};

static const cyaml_schema_value_t row_value = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct row, row_fields) };
static const cyaml_schema_value_t publisher_value = {
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct publisher, publisher_fields),
};

static const cyaml_schema_field_t file_fields[] = {
        CYAML_FIELD_SEQUENCE_COUNT("types", CYAML_FLAG_POINTER, struct resource_types_file, types, type_count,
                                   &row_value, 1, CYAML_UNLIMITED),
        CYAML_FIELD_SEQUENCE_COUNT("publishers", CYAML_FLAG_POINTER, struct resource_types_file, publishers,
                                   publisher_count, &publisher_value, 1, CYAML_UNLIMITED),
        CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_value = {
        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct resource_types_file, file_fields),
};

static void emit_text(FILE *to, const char *field, const char *text) {
        if (!text)
                return;
        fprintf(to, ", .%s = ", field);
        generate_str(to, text);
}

/* Types are compared with lower-cased ones. */
static void check_lower(const char *path, const char *text) {
        for (const char *p = text; *p; p++)
                if (*p >= 'A' && *p <= 'Z')
                        generate_fail(path, text);
}

void generate_resource_types(const char *path, FILE *to) {
        struct resource_types_file *file = generate_load(path, &file_value);

        fputs("#include \"cloud/resource_types.h\"\n\nconst struct resource_type resource_types[] = {\n", to);
        for (unsigned i = 0; i < file->type_count; i++) {
                const struct row *r = &file->types[i];

                check_lower(path, r->type);
                fprintf(to, "        { .os = %d, .sure = %d", (int)r->os,
                        r->sure ? (int)r->sure : (int)RESOURCE_CERTAIN);
                emit_text(to, "type", r->type);
                emit_text(to, "where", r->where);
                emit_text(to, "offering", r->offering);
                emit_text(to, "note", r->note);
                fputs(" },\n", to);
        }
        fprintf(to, "};\nconst ptrdiff_t resource_type_count = %u;\n\n", file->type_count);
        fputs("const struct image_publisher image_publishers[] = {\n", to);
        for (unsigned i = 0; i < file->publisher_count; i++) {
                check_lower(path, file->publishers[i].publisher);
                fprintf(to, "        { .os = %d", (int)file->publishers[i].os);
                emit_text(to, "publisher", file->publishers[i].publisher);
                fputs(" },\n", to);
        }
        fprintf(to, "};\nconst ptrdiff_t image_publisher_count = %u;\n", file->publisher_count);
        generate_free(file, &file_value);
}
