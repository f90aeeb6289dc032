/* The shapes of the data files, as libcyaml's schema tables; and its errors as ours. */
#include <cyaml/cyaml.h>

#include <stdio.h>

#include "compiler/raw.h"

static const cyaml_schema_value_t text_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED) };
/* Stands for the arguments of rule sets, whose names the data gives: flaw_shape puts them in its place. */
static const cyaml_schema_field_t arguments_fields[] = { CYAML_FIELD_END };

/* The schema of one field of catalog/fields.h. */
#define YAML_NEEDED CYAML_FLAG_POINTER
#define YAML_OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define YAML_TEXT(record, member, key, need, ...) \
        CYAML_FIELD_STRING_PTR(key, YAML_##need, struct raw_##record, member, 0, CYAML_UNLIMITED),
#define YAML_TEXTS(record, member, key, need, ...) \
        CYAML_FIELD_SEQUENCE(key, YAML_##need, struct raw_##record, member, &text_schema, 0, CYAML_UNLIMITED),
#define YAML_NUMBER(record, member, key, need, ...) YAML_NUMBER_##need(record, member, key)
#define YAML_NUMBER_NEEDED(record, member, key) CYAML_FIELD_UINT(key, CYAML_FLAG_DEFAULT, struct raw_##record, member),
#define YAML_NUMBER_OPTIONAL(record, member, key) CYAML_FIELD_UINT_PTR(key, YAML_OPTIONAL, struct raw_##record, member),
#define YAML_WORD YAML_TEXT
#define YAML_YES_NO YAML_TEXT
#define YAML_BOUNDARIES YAML_TEXTS
#define YAML_CONDITION YAML_TEXT
#define YAML_WRITTEN YAML_TEXT
#define YAML_GUEST_OS YAML_TEXT
#define YAML_IN_TEXT YAML_TEXT
#define YAML_IN_TEXTS YAML_TEXTS
#define YAML_IN_NUMBER YAML_NUMBER
#define YAML_IN_ARGUMENTS(record, member, key, need, ...) \
        CYAML_FIELD_MAPPING_PTR(key, YAML_##need, struct raw_##record, member, arguments_fields),
#define YAML_IN_RECORD(record, member, key, need, item) \
        CYAML_FIELD_MAPPING_PTR(key, YAML_##need, struct raw_##record, member, item##_fields),
#define YAML_IN_RECORDS YAML_RECORDS
#define YAML_OUT(...)
#define YAML_OUT_TEXT(...)
#define YAML_OUT_TEXTS(...)
#define YAML_OUT_RECORDS(...)
#define YAML_RECORDS(record, member, key, need, item, ...) \
        CYAML_FIELD_SEQUENCE(key, YAML_##need, struct raw_##record, member, &item##_schema, 0, CYAML_UNLIMITED),
#define YAML_FIELD(record, kind, member, key, need, ...) YAML_##kind(record, member, key, need, ##__VA_ARGS__)

#define FIELDS(name, LIST) static const cyaml_schema_field_t name##_fields[] = { LIST(YAML_FIELD) CYAML_FIELD_END }
#define MAPPING(name, LIST)                                                    \
        FIELDS(name, LIST);                                                    \
        static const cyaml_schema_value_t name##_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_##name, name##_fields) }

FIELDS(sysfs, SYSFS_FIELDS);
MAPPING(sentence, SENTENCE_FIELDS);
MAPPING(rule, RULE_FIELDS);
MAPPING(prediction, PREDICTION_FIELDS);
MAPPING(contradiction, CONTRADICTION_FIELDS);
MAPPING(register, REGISTER_FIELDS);
MAPPING(fact, FACT_FIELDS);
MAPPING(derived, DERIVED_FIELDS);
MAPPING(parameter, PARAMETER_FIELDS);
MAPPING(config, CONFIG_FIELDS);
MAPPING(cpu, CPU_FIELDS);
MAPPING(module_word, MODULE_WORD_FIELDS);
MAPPING(property, PROPERTY_FIELDS);
FIELDS(own, OWN_FIELDS);
FIELDS(flaw, FLAW_FIELDS);
MAPPING(ruleset, RULESET_FIELDS);
MAPPING(step, STEP_FIELDS);
MAPPING(change, CHANGE_FIELDS);
MAPPING(fix, FIX_FIELDS);
MAPPING(windows, WINDOWS_FIELDS);
MAPPING(registry_bit, REGISTRY_BIT_FIELDS);
MAPPING(log_line, LOG_LINE_FIELDS);
MAPPING(bug, BUG_FIELDS);
MAPPING(shown_word, SHOWN_WORD_FIELDS);
MAPPING(harmful, HARMFUL_FIELDS);
MAPPING(left_out, LEFT_OUT_FIELDS);
MAPPING(where_sign, WHERE_SIGN_FIELDS);
MAPPING(sign, SIGN_FIELDS);
MAPPING(offering, OFFERING_FIELDS);
MAPPING(revision, REVISION_FIELDS);
MAPPING(statement, STATEMENT_FIELDS);
MAPPING(done, DONE_FIELDS);
MAPPING(action, ACTION_FIELDS);
MAPPING(family, FAMILY_FIELDS);
MAPPING(release, RELEASE_FIELDS);
FIELDS(data_version, DATA_VERSION_FIELDS);
FIELDS(guest_os, GUEST_OS_FIELDS);
MAPPING(resource_type, RESOURCE_TYPE_FIELDS);
MAPPING(publisher, PUBLISHER_FIELDS);
MAPPING(distribution_word, DISTRIBUTION_WORD_FIELDS);
MAPPING(cloud_size, CLOUD_SIZE_FIELDS);
FIELDS(resource_types, RESOURCE_TYPES_FIELDS);
/* A file's own value: a mapping, or a list of them. */
#define FILE_ONE(record) CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_##record, record##_fields)
#define FILE_LIST(record) CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, struct raw_##record, &record##_schema, 0, CYAML_UNLIMITED)
#define COUNT_ONE(member) 0
#define COUNT_LIST(member) offsetof(struct raw_file, member##_count)

/* What a file holds, and where in struct raw_file it goes. */
static const struct shape {
        struct str path;
        cyaml_schema_value_t schema;
        size_t items, count; /* count 0: one mapping */
} shapes[] = {
#define X(path, kind, record, member) { STR(path), { FILE_##kind(record) }, offsetof(struct raw_file, member), COUNT_##kind(member) },
        DATA_FILES(X)
#undef X
};

struct complaint {
        char text[300];
        long line;
};

/* libcyaml says what is wrong first, then from inside to outside where. */
static void listen(cyaml_log_t level, void *context, const char *format, va_list args) {
        struct complaint *c = context;
        char message[300];
        ptrdiff_t at;
        uint64_t line;
        struct str rest, number;

        (void)vsnprintf(message, sizeof(message), format, args);
        rest = str_of(message);
        if ((at = str_find(rest, S("line: "))) >= 0 && c->line == 0) {
                rest = str_from(rest, at + 6);
                at = 0;
                while (at < rest.len && rest.p[at] >= '0' && rest.p[at] <= '9')
                        at++;
                number = str_n(rest.p, at);
                c->line = str_to_u64(number, &line) ? (long)line : 0;
        }
        if (level == CYAML_LOG_ERROR && c->text[0] == '\0' && !str_starts(str_of(message), S("Load: Backtrace"))) {
                rest = str_trim(str_of(message));
                if (str_starts(rest, S("Load: ")))
                        rest = str_from(rest, 6);
                (void)snprintf(c->text, sizeof(c->text), "%.*s", STR_ARG(rest));
        }
}

/* libcyaml goes on without memory, and blames the file. */
static void *memory(void *arg, void *p, size_t size) {
        void *ret = cyaml_mem(arg, p, size);

        if (!ret && size > 0)
                memory_ended();
        return ret;
}

static cyaml_config_t config_of(struct complaint *c) {
        return (cyaml_config_t){ .log_level = CYAML_LOG_INFO, .log_fn = listen, .log_ctx = c, .mem_fn = memory,
                                 .flags = CYAML_CFG_DEFAULT };
}

/* The file's own line, or that of its folder. */
static const struct shape *shape_of(struct str path) {
        const struct shape *folder = NULL;

        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
                if (str_eq(path, shapes[i].path))
                        return &shapes[i];
                if (str_ends(shapes[i].path, S("/")) && str_starts(path, shapes[i].path) && str_ends(path, S(".yaml")) &&
                    str_find_char(str_from(path, shapes[i].path.len), '/') < 0)
                        folder = &shapes[i];
        }
        return folder;
}

bool raw_known(struct str path) {
        return shape_of(path) != NULL;
}

/* One optional text for each argument that some rule set has. */
static const cyaml_schema_field_t *argument_fields(struct arena *a, struct str_list names) {
        cyaml_schema_field_t *fields = arena_array(a, cyaml_schema_field_t, names.count + 1);
        const cyaml_schema_field_t text = CYAML_FIELD_STRING_PTR("", YAML_OPTIONAL, struct raw_rule, id, 0, CYAML_UNLIMITED);

        for (uint32_t i = 0; i < names.count; i++) {
                fields[i] = text;
                fields[i].key = str_to_c(a, names.items[i]);
                fields[i].data_offset = (uint32_t)(i * sizeof(raw_text));
        }
        return fields;
}

static const cyaml_schema_field_t *with_arguments(struct arena *a, const cyaml_schema_field_t *fields, struct str_list names);

/* A copy of a shape in which the arguments have their names. */
static cyaml_schema_value_t value_with_arguments(struct arena *a, cyaml_schema_value_t v, struct str_list names) {
        if (v.type == CYAML_SEQUENCE) {
                cyaml_schema_value_t *entry = arena_new(a, cyaml_schema_value_t);

                *entry = value_with_arguments(a, *v.sequence.entry, names);
                v.sequence.entry = entry;
        } else if (v.type == CYAML_MAPPING && v.mapping.fields == arguments_fields) {
                v.mapping.fields = argument_fields(a, names);
                v.data_size = (uint32_t)((names.count + 1) * sizeof(raw_text));
        } else if (v.type == CYAML_MAPPING) {
                v.mapping.fields = with_arguments(a, v.mapping.fields, names);
        }
        return v;
}

static const cyaml_schema_field_t *with_arguments(struct arena *a, const cyaml_schema_field_t *fields, struct str_list names) {
        cyaml_schema_field_t *copy;
        ptrdiff_t count = 0;

        while (fields[count].key)
                count++;
        copy = arena_array(a, cyaml_schema_field_t, count + 1);
        for (ptrdiff_t i = 0; i < count; i++) {
                copy[i] = fields[i];
                copy[i].value = value_with_arguments(a, fields[i].value, names);
        }
        return copy;
}

static const cyaml_schema_value_t *schema_of(struct arena *a, const struct shape *shape, struct str_list names) {
        cyaml_schema_value_t *schema = arena_new(a, cyaml_schema_value_t);

        *schema = shape->schema;
        if (str_eq(shape->path, S("vulns/")))
                *schema = value_with_arguments(a, shape->schema, names);
        return schema;
}

/* libcyaml names the line of what it read last; an unexpected key stands somewhere behind it. */
static long line_of(const struct complaint *c, const struct data_file *file) {
        static const struct str unexpected = STR("Unexpected key: ");
        struct str text = str_of(c->text), rest = file->text, line;
        ptrdiff_t cursor = 0;

        for (long i = 1; i < c->line && str_cut(&rest, '\n', &line); i++)
                cursor = rest.p ? rest.p - file->text.p : file->text.len;
        if (str_starts(text, unexpected))
                return raw_line(file, &cursor, str_from(text, unexpected.len));
        return c->line > 0 ? c->line : 1;
}

int raw_load(struct raw_file *ret, const struct data_file *file, struct str_list arguments, struct arena *a, struct diag *d) {
        struct complaint complaint = { 0 };
        const cyaml_config_t config = config_of(&complaint);
        const struct shape *shape = shape_of(file->path);
        cyaml_data_t *loaded = NULL;
        unsigned count = 0;
        cyaml_err_t e;

        *ret = (struct raw_file){ .file = file, .schema = schema_of(a, shape, arguments) };
        e = cyaml_load_data((const uint8_t *)file->text.p, (size_t)file->text.len, &config, ret->schema, &loaded,
                            shape->count ? &count : NULL);
        if (e == CYAML_ERR_LIBYAML_PARSER_INIT || str_find(str_of(complaint.text), S("(null)")) >= 0) /* libyaml names no problem */
                memory_ended();
        if (e != CYAML_OK)
                return diag_fail_at(d, str_to_c(a, file->path), line_of(&complaint, file), "%s",
                                    complaint.text[0] ? complaint.text : cyaml_strerror(e));
        memcpy((char *)ret + shape->items, &loaded, sizeof(loaded));
        if (shape->count)
                memcpy((char *)ret + shape->count, &count, sizeof(count));
        ret->entries = count;
        return 0;
}

void raw_free(struct raw_file *f) {
        struct complaint complaint = { 0 };
        const cyaml_config_t config = config_of(&complaint);
        const struct shape *shape;
        cyaml_data_t *loaded;
        unsigned count = 0;

        if (!f->file)
                return;
        shape = shape_of(f->file->path);
        memcpy(&loaded, (char *)f + shape->items, sizeof(loaded));
        if (shape->count)
                memcpy(&count, (char *)f + shape->count, sizeof(count));
        (void)cyaml_free(&config, f->schema, loaded, count);
}

long raw_line(const struct data_file *file, ptrdiff_t *cursor, struct str needle) {
        ptrdiff_t at = str_find(str_from(file->text, *cursor), needle);
        long line = 1;

        /* A long text stands folded over several lines: its beginning is enough. */
        while (at < 0 && needle.len > 24) {
                needle = str_sub(needle, 0, needle.len / 2);
                at = str_find(str_from(file->text, *cursor), needle);
        }
        if (at >= 0)
                *cursor += at;
        for (ptrdiff_t i = 0; i < *cursor; i++)
                line += file->text.p[i] == '\n';
        return line;
}
